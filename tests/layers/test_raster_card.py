"""The card of an image: what it is, every note, and a picture made from few pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
import sample_content
from card_html import texts_of
from images import scene, stored, write
from PIL import Image

import layers
from layers.card import Card, CardPicture, card_html
from layers.raster.look import LONGEST, MOST_READ, quick_look
from layers.text import TEXTS
from layers.unseen import visible

NAMES = ["B02", "B03", "B04", "B08"]


def opened(path, **stated):
    return layers.read_raster(path, in_process=True, **stated)


def picture(look):
    with Image.open(io.BytesIO(look.png)) as found:
        assert found.mode == "RGBA"
        return np.asarray(found)


def test_a_card_names_sensor_day_grid_bands_and_every_note(tmp_path):
    path = write(tmp_path / "S_2019-05-04.tif", stored(scene()), names=NAMES)
    image = opened(path)
    shown = texts_of(image._repr_html_())
    for text in (
        "影像 S_2019-05-04",
        "2019-05-04",
        "sentinel-2",
        "200 × 200 (10 × 10 metre)",
        "500000, 3298000, 502000, 3300000",
        "blue, green, red, nir",
        *(TEXTS.render(one, "zh") for one in image.notes),
    ):
        assert text in shown, text
    assert image.notes
    assert image._repr_html_() == opened(path)._repr_html_()
    assert texts_of(card_html(image.card("en")))[0] == "Image S_2019-05-04"


def test_what_nobody_stated_is_said_to_be_so(tmp_path):
    path = write(tmp_path / "a.tif", scene(bands=3).astype("float32"))
    image = opened(path, bands=("blue", "green", "red"))
    assert texts_of(image._repr_html_()).count("未声明") == 2


def test_colours_are_true_and_blank_is_see_through(tmp_path):
    # red grows to the east, green to the south, blue is flat; one corner is empty
    east, south = np.meshgrid(np.arange(1, 65), np.arange(1, 65))
    values = np.stack([np.full_like(east, 32), south, east]).astype("uint16") * 100
    values[:, :8, :8] = 0
    image = opened(write(tmp_path / "a.tif", values, names=NAMES[:3], nodata=0))
    look = quick_look(image)
    pixels = picture(look)
    assert (look.bands, look.read, look.is_part) == (
        ("red", "green", "blue"),
        (64, 64),
        False,
    )
    assert pixels.shape == (64, 64, 4)
    assert not pixels[:8, :8, 3].any()
    assert (pixels[8:, 8:, 3] == 255).all()
    assert pixels[40, 60, 0] > pixels[40, 20, 0]
    assert pixels[60, 40, 1] > pixels[20, 40, 1]
    assert np.ptp(pixels[8:, 8:, 2]) == 0


@pytest.mark.parametrize(
    ("names", "bands"),
    [(["B08", "B04", "B03"], ("nir", "red", "green")), (["B11", "B12"], ("swir1",))],
)
def test_without_the_three_colours_others_stand_in(tmp_path, names, bands):
    path = write(tmp_path / "a.tif", stored(scene(bands=len(names))), names=names)
    look = quick_look(opened(path, sensor="sentinel-2"))
    assert look.bands == bands
    pixels = picture(look)
    is_grey = (pixels[..., 0] == pixels[..., 1]).all()
    assert is_grey == (len(bands) == 1)


def test_of_a_large_image_the_middle_is_read_and_the_caption_says_so(tmp_path):
    values = np.full((3, 1500, 3000), 100, dtype="uint16")
    row, column = (1500 - MOST_READ) // 2, (3000 - MOST_READ) // 2
    values[:, row : row + MOST_READ, column : column + MOST_READ] = 5000
    image = opened(write(tmp_path / "a.tif", values, names=NAMES[:3]))
    asked = []
    look = quick_look(_watched(image, asked))
    assert look.is_part
    assert look.read == (MOST_READ, MOST_READ)
    assert max(picture(look).shape) <= LONGEST
    # all that was read lies in the middle, so one value and no spread
    assert np.ptp(picture(look)[..., :3]) == 0
    assert sum(asked) <= 3 * MOST_READ**2
    assert "影像正中 1,024 × 1,024 像元" in "".join(texts_of(image._repr_html_()))


def _watched(image, asked):
    """The image, which also notes how many pixels are read."""

    class Watched(type(image)):
        def _stored(self, one, made):
            found = super()._stored(one, made)
            asked.append(0 if found[0] is None else found[0].size)
            return found

    names = image.__dataclass_fields__
    return Watched(**{one: getattr(image, one) for one in names})


def test_a_thin_image_has_a_picture_too(tmp_path):
    values = np.arange(1, 2001, dtype="uint16").reshape(1, 1, 2000) * 4
    image = opened(write(tmp_path / "a.tif", values, names=["B04"]))
    assert picture(quick_look(image)).shape[0] == 1


def test_an_image_without_one_clear_pixel_is_see_through(tmp_path):
    values = np.zeros((3, 4, 4), dtype="uint16")
    image = opened(write(tmp_path / "a.tif", values, names=NAMES[:3], nodata=0))
    assert not picture(quick_look(image)).any()


@pytest.mark.parametrize("in_process", [True, False])
def test_a_file_that_is_gone_costs_the_picture_and_not_the_card(tmp_path, in_process):
    path = write(tmp_path / "S_2019-05-04.tif", stored(scene()), names=NAMES)
    image = layers.read_raster(path, in_process=in_process)
    assert "<img" in image._repr_html_()
    path.unlink()
    shown = texts_of(image._repr_html_())
    assert any(one.startswith("无缩略图：") for one in shown)
    assert "2019-05-04" in shown
    assert "<img" not in image._repr_html_()


@pytest.mark.parametrize(
    "hostile", sample_content.HOSTILE, ids=range(len(sample_content.HOSTILE))
)
def test_hostile_names_are_names(tmp_path, hostile):
    names = [*NAMES[:3], hostile.encode("utf-8", "ignore").decode().replace("\x00", "")]
    path = write(tmp_path / "a.tif", stored(scene()), names=names)
    image = opened(path)
    renamed = type(image)(
        **{one: getattr(image, one) for one in image.__dataclass_fields__}
        | {"name": hostile, "source": hostile, "sensor": hostile}
    )
    shown = texts_of(renamed._repr_html_())
    assert f"影像 {visible(hostile)}" in shown
    assert shown.count(visible(hostile)) == 2


def test_a_picture_of_a_card_is_a_png_and_its_caption_a_text():
    with pytest.raises(ValueError, match="expected a PNG"):
        card_html(Card("", picture=CardPicture(b"<svg onload=alert(1)>", "")))
    hostile = '"><script>alert(1)</script>'
    good = CardPicture(b"\x89PNG\r\n\x1a\n", hostile)
    assert texts_of(card_html(Card("", picture=good))) == [hostile]
