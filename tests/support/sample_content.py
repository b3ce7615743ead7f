"""A small review made by hand, with names that try to be more than names.

Squared paper, one square = 0.01 degree, origin 107 E 40 N:

      0   1   2   3   4   5   6
    2     ┌───────┐
          │  red  │       ┌───┐     red  (1,0)-(3,2)   ecological red line
    1     │   ┌───┼───┐   │ D │     A    (1.2,0.2)-(1.6,0.6)
          │ A │ B │   │   └───┘     B    (2.5,0.5)-(3.5,1), half of it in red
    0 ────┴───┴───┴───┴── river     C    a point; E a line along the river's bank
                                    F    its geometry was refused
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import MappingProxyType

import geopandas as gpd
import shapely

from layers.issue import DataIssue
from layers.layer import Layer, Setting
from layers.provenance import Coverage, Period, Provenance
from layers.spec import spec
from spatial.finding import Finding, Unknown
from spatial.report.content import (
    CitationRecord,
    FindingRecord,
    LayerRecord,
    OverlapRecord,
    ReviewContent,
    RuleRecord,
    SiteRecord,
)
from spatial.text import message

IMAGE = "<img src=x onerror=alert(1)>"
TEMPLATE = "`${alert(1)}`"
FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "</script><script>alert(1)</script>"
CONTROL = "甲\x00\x07乙\u202e丙\ud800"
HOSTILE = (IMAGE, TEMPLATE, FORMULA, SCRIPT, CONTROL)
NOTICE = "示范数据，非法定边界"


def square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a box on the squared paper."""
    return shapely.box(
        107 + west / 100, 40 + south / 100, 107 + east / 100, 40 + north / 100
    )


RED = square(1, 0, 3, 2)
SITE_A, SITE_B, SITE_D = square(1.2, 0.2, 1.6, 0.6), square(2.5, 0.5, 3.5, 1), None
SITE_D = square(5, 1, 6, 1.8)
SITE_C = shapely.Point(107.045, 40.015)
SITE_E = shapely.LineString([(107.0, 40.0005), (107.06, 40.0005)])
RIVER = shapely.LineString([(107.0, 40.0), (107.06, 40.0)])

LAW = CitationRecord(
    document_id="142",
    document={"zh": "关于加强生态保护红线管理的通知", "en": "Notice on red lines"},
    article="一（一）",
    quote="生态保护红线内，自然保护地核心保护区外，禁止开发性、生产性建设活动",
    edition="2022-08-16/..",
    status="in_force",
    verified="secondary",
    source="自然资发〔2022〕142号",
)
PLAN = CitationRecord(
    document_id="plan",
    document={"zh": "示范县生态环境保护规划", "en": "Plan of the sample county"},
    article="第六章",
    quote="严禁在干流岸线1公里范围内新建化工园区",
    edition="2021-01-01/2025-12-31",
    status="period_ended",
    verified="text",
    source="made up",
    reads_with=(LAW,),
)


def layer(name: str, kind: str, shapes: list[object], names: list[str]) -> Layer:
    """Return a layer made of the shapes, as if it had been read from a file."""
    frame = gpd.GeoDataFrame(
        {"feature_id": [f"Z-{place}" for place in range(len(shapes))], "name": names},
        geometry=list(shapes),
        crs="EPSG:4490",
    )
    read = Provenance(
        source=f"data/{kind}.gpkg",
        sha256="ab" * 32,
        format="GeoPackage",
        source_layer=None,
        encoding=None,
        crs="EPSG:4490",
        crs_evidence="the file says so",
        operation="none",
        edition="2023-06",
        valid=Period(dt.date(2023, 6, 1)),
        licence=None,
        rows_in_file=len(shapes) + 1,
        rows_kept=len(shapes),
        rows_quarantined=1,
    )
    area = square(0, 0, 10, 10)
    return Layer(
        id=name,
        spec=spec(kind),
        frame=frame,
        provenance=read,
        coverage=Coverage(area, "bbox [107.0, 40.0, 107.1, 40.1]"),
        accuracy_m=10.0,
        notice=NOTICE,
    )


def finding(site: int, outcome: str, **more: object) -> Finding:
    """Return a finding at the red line; `more` replaces its fields."""
    plain = Finding(
        site=site,
        rule="NR22-142",
        edition="2022-08-16/..",
        provision=1,
        outcome=outcome,
        kind="ecological_redline",
        layer="redline",
        zone_id="Z-0",
        zone_name=IMAGE,
        relation="intersects",
        area_m2=141_800.126,
        share_of_site=1.0,
        length_m=None,
        distance_m=0.0,
        margin_m=-170.4321,
        why=message(
            "why.intersects_area",
            kind=spec("ecological_redline").title,
            zone=IMAGE,
            layer="redline",
            area_m2="141,800.13",
            percent="100%",
        ),
        because=(
            message(
                "because.code",
                attribute={"zh": "行业代码", "en": "Industry code"},
                value=IMAGE,
                code="26",
                called="",
            ),
        ),
    )
    return dataclasses.replace(plain, **more)


def record(found: Finding, citation: CitationRecord, **more: object) -> FindingRecord:
    """Return the record of a finding; `more` replaces its fields."""
    plain = FindingRecord(
        finding_id=found.key(f"S-{found.site}"),
        finding=found,
        rule_title={
            "zh": "生态保护红线内禁止开发",
            "en": "No development in the red line",
        },
        note="",
        citation=citation,
        stable=True,
        geometry=SITE_A,
    )
    return dataclasses.replace(plain, **more)


def overlap(**more: object) -> OverlapRecord:
    """Return an overlap with the red line; `more` replaces its fields."""
    plain = OverlapRecord(
        kind="ecological_redline",
        layer="redline",
        zone_id="Z-0",
        zone_name=IMAGE,
        area_m2=141_800.126,
        share_of_site=1.0,
        length_m=None,
        distance_m=0.0,
        sliver=False,
        geometry=SITE_A,
    )
    return dataclasses.replace(plain, **more)


def site(site_id: str, name: str | None, outcome: str, **more: object) -> SiteRecord:
    """Return a site without any finding; `more` replaces its fields."""
    plain = SiteRecord(
        site_id=site_id,
        name=name,
        outcome=outcome,
        stable=None,
        area_m2=None,
        length_m=None,
        attributes=MappingProxyType({}),
        geometry=None,
        findings=(),
        unknowns=(),
        overlaps=(),
    )
    return dataclasses.replace(plain, **more)


def sites() -> tuple[SiteRecord, ...]:
    """Return six sites: every outcome, every geometry, every hostile name."""
    half = finding(
        1,
        "restricted",
        rule="PLAN-1",
        area_m2=23_600.0,
        share_of_site=0.5,
        margin_m=-4.0,
        requires={"zh": "有限人为活动认定意见", "en": "Opinion on limited activity"},
        relief=({"zh": "属于十类有限人为活动", "en": "One of ten limited activities"},),
        assumptions=(SCRIPT,),
    )
    missing = message("doubt.layer_missing", title=spec("control_unit").title)
    asked = message(
        "unknown.attribute_missing",
        attribute={"zh": "行业代码", "en": "Industry code"},
    )
    return (
        site(
            "S-0",
            "示范化工厂",
            "prohibited",
            stable=True,
            area_m2=141_800.126,
            geometry=SITE_A,
            attributes={
                "industry": "2614",
                "project_type": "factory",
                "is_two_high": True,
                "products": ("甲", "乙"),
                "registered_area_m2": 141_000.0,
            },
            findings=(record(finding(0, "prohibited"), LAW),),
            overlaps=(overlap(),),
        ),
        site(
            FORMULA,
            TEMPLATE,
            "needs_information",
            geometry=SITE_C,
            unknowns=(Unknown(2, "NM14-S11", "attribute_missing", "industry", asked),),
        ),
        site(
            "S-4",
            SCRIPT,
            "not_checked",
            area_m2=378_000.0,
            geometry=SITE_D,
            attributes={"project_type": IMAGE, "remark": SCRIPT},
            unknowns=(Unknown(3, "", "layer_missing", "control_unit", missing),),
        ),
        site(
            "S-5",
            CONTROL,
            "not_checked",
            unknowns=(Unknown(5, "", "site_refused", "geometry", missing),),
        ),
        site(
            "S-1",
            IMAGE,
            "restricted",
            stable=False,
            area_m2=47_200.0,
            geometry=SITE_B,
            findings=(
                record(half, PLAN, stable=False, note=TEMPLATE, geometry=SITE_B),
            ),
            overlaps=(overlap(area_m2=23_600.0, share_of_site=0.5, geometry=SITE_B),),
        ),
        site(
            "S-2",
            None,
            "clear",
            stable=True,
            length_m=5_121.5,
            geometry=SITE_E,
            overlaps=(
                overlap(
                    area_m2=None,
                    share_of_site=0.00001,
                    length_m=0.05,
                    sliver=True,
                    geometry=shapely.LineString(
                        [(107.01, 40.0005), (107.011, 40.0005)]
                    ),
                ),
                overlap(
                    kind="river_shoreline",
                    layer=IMAGE,
                    zone_name=None,
                    area_m2=None,
                    share_of_site=None,
                    distance_m=55.5,
                    geometry=None,
                ),
            ),
        ),
    )


def sample() -> ReviewContent:
    """Return the review."""
    redline = layer("redline", "ecological_redline", [RED], [IMAGE])
    river = layer(IMAGE, "river_shoreline", [RIVER], [TEMPLATE])
    missing = message("doubt.layer_missing", title=spec("control_unit").title)
    return ReviewContent(
        title=f"示范县{IMAGE}",
        region="150699",
        notices=(NOTICE,),
        on=dt.date(2026, 11, 21),
        run_id="0123456789ab",
        inputs={"projects.csv": "cd" * 32, "national": "ef" * 32},
        versions={"ecoredline": "0.1.0", "shapely": "2.1.1"},
        sites=sites(),
        layers=(
            LayerRecord(
                "redline", redline.kind, redline.spec.title, "used", (), redline
            ),
            LayerRecord(
                IMAGE, river.kind, river.spec.title, "doubtful", (missing,), river
            ),
            LayerRecord(
                "control_unit",
                "control_unit",
                spec("control_unit").title,
                "missing",
                (missing,),
                None,
            ),
        ),
        rules=(
            RuleRecord(
                id="NR22-142",
                title={"zh": "生态保护红线内禁止开发", "en": "No development"},
                rulebook="national",
                status="in_force",
                edition="2022-08-16/..",
                sites_hit=1,
                sites_unknown=0,
            ),
            RuleRecord(
                id="PLAN-1",
                title={"zh": FORMULA, "en": FORMULA},
                rulebook=IMAGE,
                status="period_ended",
                edition="",
                sites_hit=0,
                sites_unknown=1,
            ),
        ),
        documents={"142": LAW, "plan": PLAN},
        site_layer=layer("sites", "project_site", [SITE_A], ["甲"]),
        issues=ISSUES,
        settings=(
            Setting("heavy_chemical", ("2511", "2614"), "示范县工信局目录"),
            Setting("trunk_distance_m", 1000.0, FORMULA),
        ),
    )


ISSUES: tuple[DataIssue, ...] = (
    DataIssue("id_generated", "redline", facts={"count": 2}),
    DataIssue(
        "value_outside_domain",
        IMAGE,
        row=3,
        feature_id=FORMULA,
        facts={
            "field": TEMPLATE,
            "title": {"zh": TEMPLATE, "en": TEMPLATE},
            "value": SCRIPT,
        },
        lon=107.0,
        lat=40.0,
    ),
)
