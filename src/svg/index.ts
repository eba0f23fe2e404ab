export { escapeXml } from './escapeXml.js';
export { htmlTable } from './htmlTable.js';
export { label, rounded, tag } from './tag.js';
export { type Axis, axisOver, scale, shareAxis } from './axis.js';
export { type Area, xAxis, yAxis } from './plotFrame.js';
export { path, type Point } from './path.js';
