"""What a script quotes of a module stands on its own."""

from functools import cache

from playground.export.quoting import quoted

_TIMES: int = 3
"""How often, of which decorated() makes use."""


@cache
def decorated(text: str) -> str:
    return text * _TIMES


def test_a_function_is_quoted_with_its_decorators_and_what_it_uses():
    imports, source = quoted([f"{__name__}.decorated"])
    assert imports == ["from functools import cache"]
    names: dict = {}
    exec("\n".join([*imports, source]), names)
    assert names["decorated"]("a") == decorated("a") and names["decorated"].cache_info
    assert "How often" in source and "def test" not in source
