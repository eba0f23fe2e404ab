/** What an attribute of a model says of a film, for readers who do not know its card. */
const explained: Readonly<Record<string, string>> = {
  typical:
    'How typical for COVID-19 pneumonia the film looks. Other viral pneumonias look the same: this is not a diagnosis.',
};

/** @param name as the model has it; one that is not known here is said to be what every attribute is */
export function attributeWords(name: string): string {
  return explained[name] ?? 'What else the model says about the strongest box. Its card explains it.';
}
