"""Numbers as a configuration may hold them: finite, and whole where they count something."""

from typing import Annotated

from pydantic import BeforeValidator, Field


def _whole(value: object) -> object:
    """An integer for a float without fraction, for YAML reads `1e3` as a float; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


FiniteFloat = Annotated[float, Field(allow_inf_nan=False)]
WholeNumber = Annotated[int, BeforeValidator(_whole), Field(ge=-(2**53), le=2**53)]
"""An integer that a float can hold exactly, since databases and samplers keep parameters as floats."""
