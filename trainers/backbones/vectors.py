"""The one kind of data that a convolution cannot serve."""

from trainers.errors import ConfigError


def refuse_vectors(name: str, input_shape: tuple[int, int, int]) -> None:
    """Refuse vectors, (1, 1, D), in which no number has neighbours, for the network ``name``.

    Raises:
        ConfigError: the data are vectors.
    """
    _, height, width = input_shape
    if height == 1 and width > 1:
        raise ConfigError(
            f"backbone: {name} looks for neighbours in images, and this dataset holds vectors of "
            f"{width} numbers; write backbone: {{name: mlp}}"
        )
