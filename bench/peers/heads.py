"""The network's input and the decoding of its YOLO heads, for the peers that run model.onnx."""

import numpy as np

from film import Spec


def tensor_of(canvas: np.ndarray) -> np.ndarray:
    return np.repeat((canvas.astype(np.float32) / 255)[None, None], 3, axis=1)


def decode_heads(heads: list[np.ndarray], spec: Spec) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and scores of all heads of one film, in the order of the spec."""
    decoded = [decode_head(head[0], head_spec, spec) for head, head_spec in zip(heads, spec.heads)]
    boxes, scores = (np.concatenate(parts) for parts in zip(*decoded))
    return boxes, scores


def decode_head(head: np.ndarray, head_spec: dict, spec: Spec) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and scores of the cells that may reach the floor; exp() for these only."""
    anchors, stride, scale = np.array(head_spec["anchors"], np.float32), head_spec["stride"], head_spec["scaleXY"]
    values = head.reshape(len(anchors), 5 + len(spec.classes), *head.shape[1:])
    anchor, row, column = np.nonzero(values[:, 4] >= np.log(spec.floor / (1 - spec.floor)))
    cells = values[anchor, :, row, column]
    centre = (scale * sigmoid(cells[:, 0:2]) - (scale - 1) / 2 + np.stack([column, row], 1)) * stride
    size = np.exp(cells[:, 2:4]) * anchors[anchor]
    return np.hstack([centre - size / 2, size]), sigmoid(cells[:, 4:5]) * sigmoid(cells[:, 5:])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
