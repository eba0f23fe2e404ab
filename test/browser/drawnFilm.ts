import sharp from 'sharp';
import { seededRandom } from '../../src/random.js';

/**
 * A schematic chest, drawn: for pictures of the page that show no patient. The networks that ship call the
 * cloud in the lung on the left of the picture an opacity, and this is the film of their self-tests.
 *
 * @returns a grey PNG of 1024 × 1024
 */
export async function drawnFilm(): Promise<Buffer> {
  const random = seededRandom(7);
  const cloud = seededRandom(103);
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="1024" height="1024">
    <defs>${[3, 9, 22].map(blurred).join('')}</defs>
    <rect width="1024" height="1024" fill="#0a0a0a"/>
    <g filter="url(#blur22)">
      <path d="M390 0H634Q640 90 760 120 960 150 1010 330L1024 1024H0L14 330Q64 150 264 120 384 90 390 0Z"
        fill="#a4a4a4"/>
      <path d="M430 130Q300 120 230 300 150 520 150 760 260 720 400 790 450 600 450 420ZM594 130Q724 120 794 300 874
        520 880 760 760 740 690 800 690 640 590 520 574 320 594 130Z" fill="#3b3b3b"/>
    </g>
    <g filter="url(#blur9)">
      <path d="M470 0H556V1024H466Z" fill="#c8c8c8" fill-opacity=".75"/>
      <path d="M540 440Q700 520 730 790 600 860 440 820 420 640 470 480Z" fill="#c4c4c4" fill-opacity=".8"/>
      <path d="M130 800Q280 700 430 800L440 1024H90ZM600 820Q760 720 900 790L930 1024H600Z" fill="#bcbcbc"/>
      <path d="M100 210Q300 120 480 170M924 210Q724 120 544 170" stroke="#d8d8d8" stroke-opacity=".6"
        stroke-width="34" fill="none"/>
    </g>
    <g filter="url(#blur3)" stroke="#fff"
      fill="none">${[-1, 1].map((side) => ribs(side) + vessels(side, random)).join('')}</g>
    <g filter="url(#blur9)" fill="#fff">${opacity(cloud)}</g>
    <text x="905" y="150" font-family="sans-serif" font-size="64" font-weight="700" fill="#f4f4f4">L</text>
  </svg>`;
  return sharp(Buffer.from(drawing)).greyscale().png().toBuffer();
}

function ribs(side: number): string {
  return Array.from({ length: 9 }, (_, i) => {
    const y = 190 + 72 * i;
    const x = (from: number): number => 512 + side * from;
    const end = x(330 + (i < 3 ? 25 * i - 60 : 0));
    return (
      `<path d="M${x(40)} ${y - 30}Q${x(230)} ${y - 70} ${end} ${y + 70}" stroke-opacity=".16" ` +
      `stroke-width="24"/><path d="M${end} ${y + 70}Q${x(260)} ${y + 130} ${x(110)} ${y + 120}" ` +
      'stroke-opacity=".07" stroke-width="20"/>'
    );
  }).join('');
}

function vessels(side: number, random: () => number): string {
  return Array.from({ length: 40 }, () => {
    const angle = (random() - 0.5) * 2.4;
    const length = 60 + random() * 150;
    const [x, y] = [512 + side * (95 + random() * 40), 470 + (random() - 0.5) * 160];
    const [dx, dy] = [side * length * Math.cos(angle), length * Math.sin(angle)];
    return (
      `<path d="M${x} ${y}q${dx / 2} ${dy / 2 + (random() - 0.5) * 30} ${dx} ${dy}" ` +
      `stroke-opacity="${0.12 + 0.25 * random()}" stroke-width="${2 + random() * 9}" stroke-linecap="round"/>`
    );
  }).join('');
}

function opacity(random: () => number): string {
  return Array.from({ length: 260 }, () => {
    const angle = random() * 2 * Math.PI;
    const distance = Math.sqrt(random());
    return (
      `<circle cx="${310 + 110 * distance * Math.cos(angle)}" cy="${600 + 150 * distance * Math.sin(angle)}" ` +
      `r="${8 + random() * 26}" fill-opacity="${0.1 * (0.4 + 0.6 * random())}"/>`
    );
  }).join('');
}

function blurred(deviation: number): string {
  return `<filter id="blur${deviation}"><feGaussianBlur stdDeviation="${deviation}"/></filter>`;
}
