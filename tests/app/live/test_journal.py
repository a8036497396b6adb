"""The journal keeps the last frames, so many and so large."""

from app.live.journal import Journal


def held(journal: Journal) -> list[int]:
    return [sequence for sequence in range(1, 20) if journal.get(sequence) is not None]


def test_an_empty_journal() -> None:
    journal = Journal()
    assert (journal.oldest, journal.newest, journal.get(1)) == (0, 0, None)


def test_the_oldest_make_room_in_number() -> None:
    journal = Journal(most_frames=3)
    for sequence in range(1, 6):
        journal.append(sequence, f"frame {sequence}")
    assert held(journal) == [3, 4, 5]
    assert (journal.oldest, journal.newest) == (3, 5)
    assert journal.get(4) == "frame 4"


def test_the_oldest_make_room_in_size() -> None:
    journal = Journal(most_bytes=100)
    for sequence in range(1, 6):
        journal.append(sequence, "x" * 40)
    assert held(journal) == [4, 5]
    journal.append(6, "x" * 90)
    assert held(journal) == [6]


def test_a_frame_that_is_larger_than_the_journal_is_not_kept() -> None:
    journal = Journal(most_bytes=100)
    journal.append(1, "x" * 101)
    assert held(journal) == []
    journal.append(2, "x" * 100)
    assert held(journal) == [2]
