"""How numbers, times and lists are written."""

import math

import pytest

from playground import formats


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1200, "1,200 runs")]
)
def test_a_count_has_its_noun(count, told):
    assert formats.counted(count, "run") == told


@pytest.mark.parametrize(
    ("names", "told"), [(("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_names_are_listed(names, told):
    assert formats.listed(names) == told


@pytest.mark.parametrize(("of", "told"), [((3, 32, 32), "3 × 32 × 32"), ((1024,), "1,024 values")])
def test_a_shape_has_its_sizes_or_how_many_values_it_is(of, told):
    assert formats.shape(of) == told


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (3.42, 1, "+3.4 points"),
        (-3.42, 1, "−3.4 points"),
        (0.04, 1, "0.0 points"),
        (-0.04, 1, "0.0 points"),
        (0.05001, 1, "+0.1 points"),
        (-12.6, 0, "−13 points"),
        (12.4, 0, "+12 points"),
    ],
)
def test_points_have_their_sign_and_nothing_has_none(value, digits, told):
    assert formats.points(value, digits) == told


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (0.0, 1, "0.0 %"),
        (1.0, 0, "100 %"),
        (0.936, 1, "93.6 %"),
        (0.0004, 1, "< 0.1 %"),
        (0.9996, 1, "> 99.9 %"),
        (0.0099, 0, "< 1 %"),
        (0.01, 0, "1 %"),
        (0.99, 0, "99 %"),
        (0.9901, 0, "> 99 %"),
        (0.1234, 2, "12.34 %"),
        (math.nan, 1, formats.NOTHING),
        (math.inf, 1, formats.NOTHING),
        (-0.0, 1, "0.0 %"),
    ],
)
def test_none_and_all_are_said_of_nothing_else_and_no_line_breaks_in_a_share(value, digits, told):
    assert formats.share(value, digits) == told.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.1709, "0.171"),
        (0.17, "0.170"),
        (0.9996, "1.00"),
        (2.302585, "2.30"),
        (12.345, "12.3"),
        (1234.5, "1,230"),
        (0.00123, "0.00123"),
        (0.0001, "0.000100"),
        (0.00002, "<\u00a00.0001"),
        (1e-30, "<\u00a00.0001"),
        (0.0, "0"),
        (3.21e12, "3.21 × 10¹²"),
        (math.nan, formats.NOTHING),
        (math.inf, formats.NOTHING),
    ],
)
def test_a_loss_has_three_digits_that_say_something_and_is_never_zeros_alone(value, told):
    assert formats.loss(value) == told


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (0, 3, "0"),
        (1, 3, "1"),
        (0.001, 3, "0.001"),
        (0.00002, 3, "0.00002"),
        (1e-6, 3, "0.000001"),
        (1e-7, 3, "10⁻⁷"),
        (2.5e-7, 3, "2.5 × 10⁻⁷"),
        (9.996e-7, 3, "0.000001"),
        (12000, 3, "12,000"),
        (12345, 4, "12,340"),
        (-0.25, 3, "−0.25"),
        (-1e-7, 3, "−1 × 10⁻⁷"),
        (1e9, 3, "10⁹"),
        (999.6e6, 3, "10⁹"),
        (1e-300, 3, "10⁻³⁰⁰"),
        (math.nan, 3, formats.NOTHING),
    ],
)
def test_a_number_is_written_as_people_read_it(value, digits, told):
    assert formats.number(value, digits) == told


@pytest.mark.parametrize(
    ("p", "told"),
    [
        (0.0, "< 0.001"),
        (0.00099, "< 0.001"),
        (0.0123, "= 0.012"),
        (0.5, "= 0.5"),
        (1.0, "> 0.99"),
        (0.0022, "= 0.002"),
        (0.0496, "= 0.05"),
        (0.8765, "= 0.88"),
    ],
)
def test_a_p_value_is_never_zero_or_one_and_rounded_as_people_read_it(p, told):
    assert formats.p_value(p) == told


@pytest.mark.parametrize(
    ("time", "took", "takes"),
    [
        (0.123, "0.12 s", "under 1 s"),
        (1, "1.0 s", "about 1 s"),
        (89.4, "89.4 s", "about 89 s"),
        (1234.5, "1,234.5 s", "about 21 min"),
        (5399.9, "5,399.9 s", "about 1.5 h"),
        (5400, "5,400.0 s", "about 1.5 h"),
        (1e8, "100,000,000.0 s", "about 27,777.8 h"),
    ],
)
def test_what_something_took_is_told_in_seconds_and_what_it_takes_in_words(time, took, takes):
    assert formats.seconds(time) == took
    assert formats.wait(time) == takes
