/** What a password is held against: the name and the e-mail address of the person. */
export interface PasswordOwner {
  readonly name: string;
  readonly email: string;
}

/** A shorter name, such as "Bo", occurs in too many words by chance. */
const shortestName = 3;

/**
 * Whether a password holds the name of its owner, or the part of the owner's address before the "@". Letters and digits
 * alone are compared, without their case: "Ada-Lovelace!1815" holds the name "Ada Lovelace".
 */
export function isPersonalPassword(password: string, { name, email }: PasswordOwner): boolean {
  const plain = lettersAndDigits(password);
  const localPart = email.slice(0, Math.max(email.lastIndexOf("@"), 0));
  return [name, localPart]
    .map(lettersAndDigits)
    .some((word) => word.length >= shortestName && plain.includes(word));
}

function lettersAndDigits(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
