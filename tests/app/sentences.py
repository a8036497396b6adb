"""An error is one sentence that says what was expected and what came."""


def check_sentence(sentence: str, *parts: str) -> None:
    assert sentence.endswith("."), sentence
    assert "\n" not in sentence
    assert "xpected" in sentence
    assert len(sentence) < 500, sentence
    for part in parts:
        assert part in sentence
