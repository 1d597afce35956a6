"""What the generators of the raw layers read of a signature of C."""


def split(text):
    """The parameters of a signature; one of them may be a function itself."""
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [each for each in parts + [part] if each not in ("", "void")]
