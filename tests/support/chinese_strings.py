# ruff: noqa: RUF001 - the strings are meant to be confusable
"""Two hundred made-up Chinese strings that are hard on encodings, and their files."""

from __future__ import annotations

import csv
import io
import struct


def _words(text):
    return text.split()


PLACES = _words(
    """
永久基本农田 生态保护红线 一般管控单元 优先保护单元 水源涵养区 北山林场 南湖湿地
柳家屯
双河子镇 清水塘村 乌兰图克苏木 巴音陶亥 哈日根台 阿日善 额尔和图 查干淖尔 格尔敖包
德勒格
东胜梁 西梁外 三道沟 十里铺 百花岭 千佛崖 万家寨 青石砭 黄土岔 红柳滩 白水江 黑山头
金沙渡 银匠沟 铁炉坪 锡尼河 石人嘴 木瓜溪 火焰台 土门子 杏花营 桃源洞
"""
)
RARE = _words(
    """
㙍头村 䶮水镇 𠀀字地 㴔泉 䃰石沟 𪨶岭 𫖯谷 𣲘河 䢺家湾 㟃山 喆里 堃源 淼泉村 焱山 垚台
镕钢厂 珺湖 赟村 犇牛场 羴羊圈 鱻渔村 麤石坡 龘池 靐山 翀云 昇阳 洺河 滏阳 尧峣 鄠邑
㸃灯台 䴙䴘湖 𬭎山 𬇙水 𤧛岭 𠮷田庄 㑇山 岜沙 崀山 垟头 埇桥 郪江 鄳县 酂城 郾口 昪山
"""
)
SIGNS = _words(
    """
〇号井 二〇二六年 １２３号 ＡＢ区 面积㎡ 温度℃ 甲·乙 “核心区” ‘外围’ 甲——乙
《方案》 （一）
【附】 第①块 Ⅲ类水 北纬39°54′ ≥5公顷 ±0.1米 甲、乙；丙 甲／乙 ％比例 ￥价 ※注
→东 □待定
■已定 ★重点 №7 ‰坡度 一…二 全角 空格 甲～乙 〔2026〕1号 ㎞数 ㏑值 ㈠区 ⅱ级 α线
Ω形 Я道
"""
)
MIXED = _words(
    """
A区 B1地块 K12+300至K15 G6高速 S314线 pH值 5km处 10m高 GB国标 3#井 2号-东 DK-7桥
XX项目(一期)
a甲 甲a 1甲 甲1 甲_乙 甲-1 甲.乙 甲/乙 甲+乙 甲&乙 甲@乙 Dk3甲 ZH1506乙 R铆o caf茅
Co2指标
"""
)
# second byte 0x5C or 0x7C in GBK: a backslash or a bar to whoever counts bytes
TRAILS = _words(
    """
誠信 乗水 僜山 刓石 匼河 嘰里 塡池 媆村 峔岭 廫台 慭谷 揬口 昞湾 榎庄 歕泉 漒滩 焅坪
猏沟
瑋地 痋坡 瞈湖 碶闸 禱坛 竆底 筡园 糪坊 絓机 繺厂 羂场 肻寨 臷营 薥林 蘾圃 蝄岛
瀨口 燶田 琝坝 皘原 竱塔 綷堡
"""
)
# bytes that are UTF-8 too (路 is the middle dot), and the reverse
TWOFOLD = _words(
    """
路 陆 潞 陆路 露 脥 铆 谩 贸 煤 茅 帽 路路 卢山 驴 隆 漏 庐 掳 卤 虏 鲁 麓 禄 聽 袁
涓枃 鐢熸 姘翠
中文 生态 红线 农田 一二 山水 林地 北京 联通 联 通 饮 饮水 袁路 脳脳 脗路 脜脜
"""
)
TRADITIONAL = _words(
    """
生態保護紅線 臺灣 濕地 農田水利 國家級 廣東 龍門縣 鹽池 雙溪鄉 關廟 鐵嶺 壩頭 靈壽
鹹水湖 灘塗 鬱林
體育場 聽濤 竈台 囉唆
"""
)
LONG = [
    "北山水源涵养与生物多样性维护功能生态保护红线第三片区东段",
    "某某县自然资源局关于划定永久基本农田储备区的补充说明附图第十二号图斑",
    "a" + "长" * 30,
    "长" * 31,
    "甲乙丙丁戊己庚辛壬癸" * 4,
    "沿河至大桥段（含滩涂、湿地、林草交错带）K0+000——K12+345右岸",
    "㙍䶮𠀀" * 7,
    "x" * 39 + "界",
]
ALL = list(
    dict.fromkeys(
        [*PLACES, *RARE, *SIGNS, *MIXED, *TRAILS, *TWOFOLD, *TRADITIONAL, *LONG]
    )
)


def fits(text, encoding):
    """Whether an encoding has every character."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def csv_bytes(texts, encoding, heading="name"):
    """A table of points; with the default heading nothing but the texts is Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["lon", "lat", heading])
    for at, text in enumerate(texts):
        writer.writerow([107 + at / 1000, 40, text])
    return stream.getvalue().encode(encoding)


def shapefile(folder, values, *, name=b"NAME", width=120, cpg=None, ldid=0, stem="t"):
    """A Shapefile of points, byte by byte: `values` are the bytes of one field."""
    path = folder / f"{stem}.shp"
    shapes = [
        struct.pack(">2i", at + 1, 10) + struct.pack("<i2d", 1, 107 + at / 1000, 40)
        for at in range(len(values))
    ]
    box = struct.pack("<8d", 107, 40, 107 + len(values) / 1000, 40, 0, 0, 0, 0)

    def head(size):
        numbers = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2)
        return numbers + struct.pack("<2i", 1000, 1) + box

    path.write_bytes(head(100 + 28 * len(values)) + b"".join(shapes))
    index = b"".join(struct.pack(">2i", 50 + 14 * at, 10) for at in range(len(values)))
    path.with_suffix(".shx").write_bytes(head(100 + 8 * len(values)) + index)
    path.with_suffix(".dbf").write_bytes(dbf(values, name=name, width=width, ldid=ldid))
    path.with_suffix(".prj").write_text(
        'GEOGCS["China Geodetic Coordinate System 2000",DATUM["D_China_2000",'
        'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]]'
    )
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def dbf(values, *, name=b"NAME", width=120, ldid=0):
    """A .dbf of one text field, cut at its width as simple writers cut."""
    names = [name] if isinstance(name, bytes) else list(name)
    start = 33 + 32 * len(names)
    head = bytes([3, 126, 1, 1]) + struct.pack(
        "<IHH", len(values), start, 1 + width * len(names)
    )
    head += b"\0" * 17 + bytes([ldid]) + b"\0\0"
    fields = b"".join(
        one[:10].ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([width, 0]) + b"\0" * 14
        for one in names
    )
    rows = b"".join(b" " + value[:width].ljust(width) * len(names) for value in values)
    return head + fields + b"\r" + rows + b"\x1a"


def drawing(texts, *, version, page, encoding, escape=None):
    """A drawing in which every text is the name of a layer and of a block attribute."""
    lines = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", version]
    lines += ["9", "$DWGCODEPAGE", "3", page, "0", "ENDSEC"]
    lines += ["0", "SECTION", "2", "ENTITIES"]
    for at, text in enumerate(texts):
        shown = escape(text) if escape else text
        lines += ["0", "POINT", "8", "site", "10", f"{107 + at}", "20", "40", "30", "0"]
        lines += ["1001", "SOUTH", "1000", shown]
    lines += ["0", "ENDSEC", "0", "EOF", ""]
    return "\r\n".join(lines).encode(encoding)


def as_units(text):
    r"""A text as DXF escapes it: \U+XXXX, two of them beyond the first plane."""
    data = text.encode("utf-16-be")
    units = [data[at : at + 2].hex().upper() for at in range(0, len(data), 2)]
    return "".join(
        chr(int(one, 16)) if int(one, 16) < 128 else f"\\U+{one}" for one in units
    )


def as_mif(text):
    r"""A text as MIF escapes it: \M+5 and two bytes of GBK; None where it cannot."""
    made = []
    for char in text:
        data = char.encode("gbk")
        made.append(char if len(data) == 1 else f"\\M+5{data.hex().upper()}")
    return "".join(made)
