/** The whole notice: on the page behind its short form, and on everything that leaves the page. */
export const wholeNotice = 'Research use. Not for diagnosis. Scores are not probabilities.';
