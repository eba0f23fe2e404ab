/** What an attribute of a model says about a film, for readers who don't know its card. */
const explained: Readonly<Record<string, string>> = {
  typical:
    'How typical for COVID-19 pneumonia the film looks. Other viral pneumonias look the same: this is not a diagnosis.',
};

/** @param name as in the model; an unknown one gets a general explanation */
export function attributeWords(name: string): string {
  return explained[name] ?? 'What else the model says about the strongest box. Its card explains it.';
}
