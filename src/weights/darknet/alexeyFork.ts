/** From parse_net_options, parse_yolo and others in https://github.com/AlexeyAB/darknet, src/parser.c. */
const options = [
  ...['adversarial_lr', 'attention', 'blur', 'contrastive', 'cutmix', 'dynamic_minibatch', 'ema_alpha'],
  ...['equidistant_point', 'gaussian_noise', 'label_smooth_eps', 'letter_box', 'loss_scale', 'max_chart_loss'],
  ...['mixup', 'mosaic', 'mosaic_bound', 'optimized_memory', 'resize_step', 'sequential_subdivisions'],
  ...['use_cuda_graph', 'weights_reject_freq', 'workspace_size_limit_MB'],
  ...['beta_nms', 'cls_normalizer', 'counters_per_class', 'focal_loss', 'iou_loss', 'iou_normalizer', 'iou_thresh'],
  ...['max_delta', 'new_coords', 'nms_kind', 'obj_normalizer', 'scale_x_y', 'show_details'],
  ...['antialiasing', 'group_id', 'maxpool_depth', 'stride_x', 'stride_y', 'weights_type'],
];
const line = new RegExp(`^\\s*(activation\\s*=\\s*(mish|swish|hard_mish)|(${options.join('|')})\\s*=)`, 'm');

/** Whether a cfg has options or activations that only AlexeyAB's fork of darknet has. */
export function isOfAlexeyFork(cfg: string): boolean {
  return line.test(cfg);
}
