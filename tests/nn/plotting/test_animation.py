from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from nn import MLP, SGD, fit, losses
from nn.datasets import make_moons
from nn.plotting import BoundaryAnimation, plot_decision_boundary

DATA = make_moons(16, random_state=0)


@pytest.fixture(scope="module")
def film() -> BoundaryAnimation:
    model = MLP(2, [2, 1], "tanh", seed=0)
    film = BoundaryAnimation(*DATA, every=2, resolution=12)
    fit(
        model,
        DATA,
        losses.binary_cross_entropy_with_logits,
        SGD(model, 0.5),
        epochs=5,
        callbacks=[film],
        progress=False,
    )
    return film


def test_frames_are_the_boundary_at_their_epochs(film: BoundaryAnimation) -> None:
    assert [epoch for epoch, _, _ in film.frames] == [1, 2, 4]
    model = MLP(2, [2, 1], "tanh", seed=0)
    loss = losses.binary_cross_entropy_with_logits
    history = fit(model, DATA, loss, SGD(model, 0.5), epochs=4, progress=False)
    then = plot_decision_boundary(model, *DATA, resolution=12)
    now = film.draw(2, then.figure.subplots())
    assert (now.images[0].get_array() == then.images[0].get_array()).all()
    assert now.get_title() == f"epoch 4, loss {history.loss[-1]:.4g}\n{then.get_title()}"


def test_a_gif_has_a_picture_for_each_frame(film: BoundaryAnimation, tmp_path: Path) -> None:
    with Image.open(film.save(tmp_path / "film.gif")) as image:
        assert getattr(image, "n_frames", 1) == 3
        assert image.info["duration"] == 100
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]


def test_html_holds_its_pictures(film: BoundaryAnimation, tmp_path: Path) -> None:
    for text in (film.save(tmp_path / "film.html").read_text(), film._repr_html_() or ""):
        assert text.count("data:image/png;base64,") == 3


def test_what_cannot_be_saved(film: BoundaryAnimation, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"saved as \.gif or \.html, not as 'film\.mp4'"):
        film.save(tmp_path / "film.mp4")
    with pytest.raises(OSError, match=r"cannot write .*film\.gif: there is no folder .*nowhere$"):
        film.save(tmp_path / "nowhere" / "film.gif")
    empty = BoundaryAnimation(*DATA)
    assert empty._repr_html_() is None
    assert repr(empty) == "BoundaryAnimation of 0 frames"
    for name in ("film.gif", "film.html"):
        with pytest.raises(ValueError, match="no frame was recorded"):
            empty.save(tmp_path / name)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="every is a whole number from 1, not 0"):
        BoundaryAnimation(*DATA, every=0)
