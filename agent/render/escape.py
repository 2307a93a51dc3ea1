"""Text from outside (token symbols, ENS records, revert reasons, node errors), made harmless and marked as a quotation."""

import unicodedata

LONGEST = 64
# Letters and marks that show as nothing (Default_Ignorable_Code_Point beyond the category Cf).
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800") | {
    chr(c) for block in (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0000, 0xE1000)) for c in block
}
UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"})


def visible(text: str) -> str:
    """The text with every character that does not plainly show spelt out as an escape."""
    return "".join(map(_visible_character, text))


def escaped(text: str, longest: int = LONGEST) -> str:
    """As `visible`, cut after `longest` characters, and fit to stand between quotation marks."""
    cut = text[:longest].replace("\\", "\\\\").replace('"', '\\"')
    return visible(cut) + ("…" if len(text) > longest else "")


def quoted(text: str, source: str, longest: int = LONGEST) -> str:
    """The escaped text in quotation marks with who says it: '"FOO" (the token says)'."""
    return f'"{escaped(text, longest)}" ({source} says)'


def _visible_character(character: str) -> str:
    if character == " ":
        return character
    hidden = unicodedata.category(character) in UNSAFE_CATEGORIES or character in INVISIBLE or character.isspace()
    return f"\\u{{{ord(character):x}}}" if hidden else character
