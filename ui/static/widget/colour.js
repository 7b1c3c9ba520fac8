// The accent colour of the page, made readable on our paper.

const READABLE = 5.6; // contrast on paper, so that 4.5 is left on a wash of the same colour

/** @param {string} hex "#rgb" or "#rrggbb" @returns {number[]} */
function channels(hex) {
  const digits = hex.slice(1).replace(/^(.)(.)(.)$/, "$1$1$2$2$3$3");
  return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
}

/** Relative luminance by WCAG. @param {number[]} rgb */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number[]} one @param {number[]} other */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** What can be read upon a colour. @param {number[]} rgb */
const inkOn = (rgb) => (contrast(rgb, [255, 255, 255]) >= contrast(rgb, [16, 18, 20]) ? "#ffffff" : "#101214");

/**
 * A colour to fill with, as it is; the same, moved away from the paper until it can be read there; and what can be
 * read upon each.
 * @param {string} colour @param {string} paper
 */
export function readable(colour, paper) {
  const ground = channels(paper);
  const end = luminance(ground) > 0.5 ? 0 : 255;
  const fill = channels(colour);
  let rgb = fill;
  for (let step = 0; step < 40 && contrast(rgb, ground) < READABLE; step++) {
    rgb = rgb.map((channel) => Math.round(channel + (end - channel) * 0.08));
  }
  const css = (/** @type {number[]} */ parts) => `rgb(${parts.join(" ")})`;
  return { "--fill": css(fill), "--fill-ink": inkOn(fill), "--accent": css(rgb), "--accent-ink": inkOn(rgb) };
}
