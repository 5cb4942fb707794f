"""Counted once for a page, and anew everywhere else."""

import pytest

from apps.core.once import counted_once, one_page


@pytest.fixture
def count():
    @counted_once
    def counted(name, *, twice=False):
        """How often it was really counted."""
        calls.append((name, twice))
        return len(calls)

    calls = []
    return counted


def test_one_page_counts_once_for_the_same_question(count):
    with one_page():
        assert [count("a"), count("a"), count("b"), count("a", twice=True), count("b")] == [1, 1, 2, 3, 2]
    with one_page():
        assert count("a") == 4, "the next page counts anew"


def test_outside_of_a_page_each_call_counts(count):
    assert [count("a"), count("a")] == [1, 2]


def test_what_fails_is_asked_again(count):
    @counted_once
    def failing():
        raise ValueError("no")

    with one_page():
        for _ in range(2):
            with pytest.raises(ValueError, match="no"):
                failing()


def test_a_function_keeps_its_name_and_words(count):
    assert (count.__name__, count.__doc__) == ("counted", "How often it was really counted.")


def test_another_part_may_ask_what_was_counted_without_counting(count):
    assert count.kept("a") is None
    with one_page():
        assert count.kept("a") is None
        count("a")
        assert (count.kept("a"), count.kept("b")) == (1, None)
    assert count.kept("a") is None
