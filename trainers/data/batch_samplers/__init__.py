"""What draws the images of a batch, one file each; ``BatchSampler`` is the union of the configs, by ``name``.

A config has ``size``, how many images a batch is to have, and ``build(labels, train_size, seed)``, which
returns the ``Batches`` of a training. A mapping without a ``name`` is that of ``classes``.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import InitErrorDetails

from trainers.data.batch_samplers.batches import Batches
from trainers.data.batch_samplers.class_sampler import ClassSampler
from trainers.data.batch_samplers.triplet_sampler import TripletSampler

_KINDS: dict[object, type[ClassSampler | TripletSampler]] = {
    "classes": ClassSampler,
    "triplets": TripletSampler,
}


def _by_name(data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    # pydantic's own discriminator wants the name to be there, and puts it into the path of every mistake,
    # where `classes` would be taken for the key of the same name.
    if isinstance(data, ClassSampler | TripletSampler):
        return handler(data)
    if not isinstance(data, Mapping):
        raise _mistake(InitErrorDetails(type="dict_type", input=data))
    name = data.get("name", "classes")
    if name not in tuple(_KINDS):
        expected = ", ".join(f"'{kind}'" for kind in _KINDS)
        context = {"discriminator": "'name'", "tag": str(name), "expected_tags": expected}
        raise _mistake(InitErrorDetails(type="union_tag_invalid", input=data, ctx=context))
    return _KINDS[name].model_validate(data)


def _mistake(details: InitErrorDetails) -> ValidationError:
    return ValidationError.from_exception_data("BatchSampler", [details])


BatchSampler = Annotated[ClassSampler | TripletSampler, WrapValidator(_by_name)]

__all__ = ["BatchSampler", "Batches", "ClassSampler", "TripletSampler"]
