"""Headers of link layers, and what follows each of them, for gencap.py.

HEADS: link type, name, headers before IPv4, headers before IPv6, headers
before anything else, headers that are cut or contradictory even if the whole
frame was captured.
"""
import struct

from frames import h

MAC = h('020000000001', '020000000002')
E4, E6 = h('0800'), h('86dd')
SNAP = h('aaaa03', '000000')
# What an EtherType leads to: the type and all that comes before IP.
TO4 = [
    E4,
    h('8100', '0001') + E4,
    h('88a8', '0001') + E4,
    h('9100', '0001') + E4,
    h('9200', '0001') + E4,
    h('88a8', '0001', '8100', '0002') + E4,
    h('8100', '0001', '8100', '0002', '9100', '0003') + E4,
    h('8100', '0fff', '0040') + SNAP + E4,
    h('8100', '0001', '0040') + SNAP + h('8100', '0002', '0040') + SNAP + E4,
    h('8847', '00010140'),
    h('8848', '00010140'),
    h('8847', '00000040', '00002040', '00003140'),
    h('8100', '0001', '8847', '00010140'),
    h('8864', '11000001', '0016', '0021'),
    h('8864', '11000001', '0016', '21'),
    h('8864', '11000001', 'ffff', 'ff03', '0021'),
    h('8864', '11000001', '0016', '0281', '00010140'),
    h('8100', '0001', '8864', '11000001', '0016', '0021'),
]
TO6 = [
    E6,
    h('8100', '0001') + E6,
    h('88a8', '0001', '9100', '0002', '9200', '0003', '8100', '0004') + E6,
    h('8100', '0001', '05ff') + SNAP + E6,
    h('8847', '00002140'),
    h('8848', '00000040', '00002140'),
    h('8864', '11000001', '0016', '0057'),
    h('8864', '11000001', '0016', '57'),
    h('8864', '11000001', '0016', '0283', '00010140'),
]
# Not IP on the outside, even where an IP packet comes next.
TO_NONE = [h(t) for t in (
    '0806', '8035', '8863' '1109' '0000' '0000', '8864' '1101' '0001' '0016'
    '0021', '8864' '2100' '0001' '0016' '0021',
    '8864' '1100' '0001' '0016' 'c021',
    '8864' '1100' '0001' '0016' '002d', '8864' '1100' '0001' '0016' '8021',
    '88cc', '88e5', '88e7', '894f', '8926', '893f', '8909', '8903', '22f3',
    '0600', '9000', '86dc', '0801', 'ffff', '8100' '0001' '0806',
    '0600' 'aaaa03' '000000' '0800',
    '8100' '0001' '0600' 'aaaa03' '000000' '0800',
    '8847' '0001' '0140' '0000' '0000', '8848' '0000' '0140' '5000')]
# Below 0x0600 comes LLC: SNAP or nothing.
LLC4 = [h('0040') + SNAP + t for t in TO4] + [h('0000') + SNAP + E4,
                                              h('05ff') + SNAP + E4]
LLC6 = [h('0040') + SNAP + t for t in TO6]
LLC_NONE = [h('0040', t) for t in (
    '424203', '060603', 'aaaa04' '000000' '0800', 'ffff00',
    'aaaa03' '00000c' '0800', 'aaaa03' '0080c2' '0001',
    'aaaa03' '000000' '0806', 'aaaa03' '000000' '0040',
    'abaa03' '000000' '0800')]


def after(head, tails):
    return [head + t for t in tails]


def no_length(tails):
    """A number below 0x0600 is no length here: nothing is IP behind it."""
    return tails + [h('0040') + SNAP + E4, h('05ff') + SNAP + E6, h('0000')]


def le16(v):
    return struct.pack('<H', v)


def le32(v):
    return struct.pack('<I', v)


def sll(proto, arphrd=1):
    return struct.pack('>HHH8s', 0, arphrd, 6, b'') + proto


def sll2(proto, arphrd=1):
    return proto[:2] + struct.pack('>HIHBB8s', 0, 3, arphrd, 0, 6, b'') \
        + proto[2:]


NOT_ETHERTYPE = (770, 801, 802, 803, 824)

# ---- PPP ----
PPP4 = [h(t) for t in ('0021', '21', 'ff03' '0021', 'ff03' '21',
                       '0281' '00010140', 'ff03' '0283' '00000040'
                       '00010140')]
PPP6 = [h(t) for t in ('0057', '57', 'ff03' '0057', 'ff03' '57',
                       '0281' '00010140')]
PPP_NONE = [h(t) for t in ('c021', '8021', '002d', '002f', 'ff03' 'c021',
                           'ff04' '0021', '0121', '23',
                           '0281' '00010140' '00000000')]
CHDLC4 = after(h('0f00'), TO4) + after(h('8f00'), TO4[:1])
CHDLC6 = after(h('0f00'), TO6) + after(h('8f00'), TO6[:1])
CHDLC_NONE = after(h('0f00'), no_length(TO_NONE)) + [h('8f00', '8035')]

# ---- Frame Relay: addresses of 2, 3 and 4 octets ----
DLCIS = [h('1841'), h('184201'), h('18420201')]
FR4 = [d + t for d in DLCIS for t in (
    h('03', 'cc'), h('03', '00', 'cc'), h('03', '00', '80', '000000') + E4,
    h('03', '80', '000000', '8100', '0001') + E4, E4)]
FR6 = [d + t for d in DLCIS for t in (
    h('03', '8e'), h('03', '00', '8e'), h('03', '80', '000000') + E6, E6)]
FR_NONE = [h('18404040'), h('1841', '03', '81'), h('1841', '03', '08'),
           h('1841', '03', '80', '00000c') + E4, h('1841', '2000')]

# ---- 802.11 ----
ADDRESSES = bytes(22)       # duration, three addresses, sequence


def wifi(fc, rest=b'', llc=SNAP + E4, pad=0):
    return h(fc) + ADDRESSES + rest + bytes(pad) + llc


def wifi_heads(ether):
    llc = SNAP + ether
    return [wifi('0801', llc=llc), wifi('0802', llc=llc),
            wifi('0803', bytes(6), llc), wifi('8801', bytes(2), llc),
            wifi('8803', bytes(8), llc), wifi('8881', bytes(6), llc),
            wifi('8883', bytes(12), llc), wifi('0881', b'', llc),
            wifi('0801', llc=SNAP + h('8100', '0001') + ether),
            wifi('1801', llc=llc), wifi('2801', llc=llc),
            wifi('a801', bytes(2), llc),
            wifi('0818', llc=llc), wifi('8811', h('1000'), llc)]


WIFI4, WIFI6 = wifi_heads(E4), wifi_heads(E6)
WIFI_NONE = [wifi('0841'), wifi('8000'), wifi('d400'), wifi('4801'),
             wifi('c801', bytes(2)), wifi('0901'), wifi('0c01'),
             wifi('8801', h('8000')), wifi('8803', bytes(6) + h('8000')),
             wifi('0801', llc=h('424203')),
             wifi('0801', llc=h('aaaa03', '0000f8', '0800'))]


def radiotap(present, fields=b'', more=()):
    words = b''.join(le32(w) for w in (present, *more))
    return h('0000') + le16(4 + len(words) + len(fields)) + words + fields


RADIOTAP = [radiotap(0), radiotap(1, bytes(8)), radiotap(2, h('00')),
            radiotap(2, h('10')), radiotap(3, bytes(9)),
            radiotap(0x80000002, h('00'), (0,)),
            radiotap(0x80000001, bytes(4 + 8), (0,)),
            radiotap(0x80000000, b'', (0x80000000, 0)),
            radiotap(0x80000002, b'', (0,)), radiotap(0x10, h('2020')),
            radiotap(2), radiotap(0, bytes(50))]
# The same with the sign that the header is padded to 4 octets.
PADDED = [radiotap(2, h('20')), radiotap(0x12, h('20') + bytes(3)),
          radiotap(3, bytes(8) + h('30')),
          radiotap(0x80000002, h('20'), (0,)),
          radiotap(0x80000003, bytes(4 + 8) + h('20'), (0,))]


def padded_heads(ether):
    llc = SNAP + ether
    return [wifi('0801', llc=llc), wifi('8801', bytes(2), llc, 2),
            wifi('0803', bytes(6), llc, 2), wifi('8803', bytes(8), llc),
            wifi('8881', bytes(6), llc, 2)]


def radio(heads, padded):
    return [r + w for r in RADIOTAP for w in heads] \
        + [r + w for r in PADDED for w in padded]


def ppi(dlt, fields=b''):
    return h('0000') + le16(8 + len(fields)) + le32(dlt) + fields


def prism(length, code=0x44, octets=144):
    return (le32(code) + le32(length)).ljust(octets, b'\0')


def avs(length, magic='80211001'):
    return (h(magic) + struct.pack('>I', length)).ljust(length, b'\0')


PRISMS = [prism(144), prism(64, 0x41, 64), prism(0), prism(64, 0x44, 64),
          prism(9, 0x99), avs(64), avs(64, '80211002')]


# ---- NFLOG: attributes in the byte order of this file, which is little ----

def tlv(kind, data=b''):
    return (le16(4 + len(data)) + le16(kind) + data).ljust(
        (4 + len(data) + 3) & ~3, b'\0')


def nflog(family, *attributes, version=0):
    return bytes([family, version, 0, 5]) + b''.join(attributes) \
        + le16(4) + le16(9)


NFLOGS = [(), (tlv(1, bytes(4)),), (tlv(10, b'prefix\0'), tlv(4, bytes(4)))]

HEADS = [
    (1, 'ethernet', after(MAC, TO4 + LLC4), after(MAC, TO6 + LLC6),
     after(MAC, TO_NONE + LLC_NONE), []),
    (0, 'null', [h('02000000'), h('00000002')],
     [h(t) for t in ('0a000000', '17000000', '18000000', '1c000000',
                     '1e000000', '0000000a', '00000017', '00000018',
                     '0000001c', '0000001e')],
     [h('07000000'), h('00000000'), h('02000001'), h('00020000')], []),
    (108, 'loop', [h('00000002'), h('02000000')],
     [h('00000018'), h('0000001c'), h('0000001e'), h('1c000000')],
     [h('00000007'), h('ffffffff')], []),
    (101, 'raw', [b''], [b''], [], [h('50'), h('00'), h('f5')]),
    (12, 'raw12', [b''], [b''], [], [h('30')]),
    (14, 'raw14', [b''], [b''], [], [h('70')]),
    (228, 'ipv4', [b''], [], [], [h('65'), h('05')]),
    (229, 'ipv6', [], [b''], [], [h('45'), h('70')]),
    (113, 'sll', [sll(t) for t in TO4] + [sll(E4, 778), sll(E4, 772)],
     [sll(t) for t in TO6] + [sll(E6, 778)],
     [sll(t) for t in no_length(TO_NONE)]
     + [sll(E4, a) for a in NOT_ETHERTYPE], []),
    (276, 'sll2', [sll2(t) for t in TO4] + [sll2(E4, 778), sll2(E4, 65534)],
     [sll2(t) for t in TO6] + [sll2(E6, 778)],
     [sll2(t) for t in no_length(TO_NONE)]
     + [sll2(E4, a) for a in NOT_ETHERTYPE], []),
    (9, 'ppp', PPP4 + CHDLC4, PPP6 + CHDLC6, PPP_NONE + CHDLC_NONE, []),
    (50, 'ppp-hdlc', PPP4 + CHDLC4, PPP6 + CHDLC6, PPP_NONE + CHDLC_NONE,
     []),
    (51, 'ppp-ether', after(h('11000001', '0016'), PPP4),
     after(h('11000001', 'ffff'), PPP6),
     after(h('11000001', '0016'), PPP_NONE)
     + [h('1109', '0000', '0000'), h('2100', '0001', '0016', '0021'),
        h('1101', '0001', '0016', '0021')], []),
    (8, 'slip', [bytes(16)], [h('01') + bytes(15)], [],
     [bytes(16) + h('75')]),
    (104, 'chdlc', CHDLC4, CHDLC6, CHDLC_NONE, []),
    (107, 'frelay', FR4, FR6, FR_NONE, []),
    (109, 'enc', [h('02000000') + bytes(8), h('00000002') + bytes(8)],
     [h(t) + bytes(8) for t in ('18000000', '1c000000', '1e000000',
                                '0000001c')],
     [h(t) + bytes(8) for t in ('0a000000', '17000000', '00000000')], []),
    (6, 'token-ring', [h('1040') + MAC + SNAP + E4,
                       h('1050') + MAC[:6] + h('82') + MAC[7:]
                       + h('0630', '0011', '0020') + SNAP + E4,
                       h('1040') + MAC[:6] + h('82') + MAC[7:]
                       + h('c2') + bytes(1) + SNAP + E4,
                       h('1040') + MAC[:6] + h('82') + MAC[7:]
                       + h('12') + bytes(17) + SNAP + E4,
                       h('1040') + MAC[:6] + h('12') + MAC[7:] + SNAP + E4],
     [h('1040') + MAC + SNAP + E6],
     [h('1000') + MAC + SNAP + E4, h('1080') + MAC + SNAP + E4,
      h('1040') + MAC + h('424203')], []),
    (10, 'fddi', [h('50') + MAC + SNAP + E4, h('57') + MAC + SNAP + E4,
                  h('50') + MAC + SNAP + h('8100', '0001') + E4],
     [h('54') + MAC + SNAP + E6],
     [h('40') + MAC + SNAP + E4, h('d0') + MAC + SNAP + E4,
      h('50') + MAC + h('424203')], []),
    (105, '802.11', WIFI4, WIFI6, WIFI_NONE, []),
    (127, 'radiotap', radio(WIFI4, padded_heads(E4)),
     radio(WIFI6[:2], padded_heads(E6)), after(RADIOTAP[0], WIFI_NONE),
     [h('0000', '0700', '00000000') + WIFI4[0],
      h('0000', '0000', '00000000') + WIFI4[0],
      h('0000', '0800', '02000080', '00000000') + WIFI4[0],
      h('0000', 'ffff', '00000000') + WIFI4[0]]),
    (192, 'ppi', [ppi(105) + w for w in WIFI4]
     + [ppi(105, bytes(24)) + WIFI4[0]] + after(ppi(1) + MAC, TO4 + LLC4),
     [ppi(105) + w for w in WIFI6] + after(ppi(1, bytes(9)) + MAC, TO6),
     after(ppi(105), WIFI_NONE) + after(ppi(1) + MAC, TO_NONE)
     + [ppi(9), ppi(101), ppi(127), ppi(0)],
     [h('0000', '0700', '69000000') + WIFI4[0],
      h('0000', 'ffff', '01000000') + MAC + E4]),
    (119, 'prism', [p + w for p in PRISMS for w in WIFI4[:4]],
     [p + WIFI6[0] for p in PRISMS],
     after(prism(144), WIFI_NONE), [prism(0xffffffff, 0x44) + WIFI4[0]]),
    (163, 'avs', [avs(n) + w for n in (28, 64) for w in WIFI4],
     [avs(64) + w for w in WIFI6], after(avs(64), WIFI_NONE),
     [h('80211001', 'ffffffff') + WIFI4[0]]),
    (166, 'ppp-pppd', PPP4 + after(h('0003'), PPP4[:3])
     + after(h('0103'), PPP4[:2]), PPP6 + after(h('0103'), PPP6[:1]),
     PPP_NONE + [h('0104', '0021')], []),
    (204, 'ppp-with-dir', after(h('00'), PPP4) + after(h('01'), PPP4),
     after(h('01'), PPP6), after(h('00'), PPP_NONE), []),
    (226, 'ipnet', [h('0102') + bytes(22)], [h('011a') + bytes(22)],
     [h('0202') + bytes(22), h('010a') + bytes(22)], []),
    (239, 'nflog', [nflog(2, *a) for a in NFLOGS],
     [nflog(10, *a) for a in NFLOGS],
     [nflog(7), nflog(0), nflog(2, version=1)],
     [h('02000005', '03000100') + bytes(8),
      h('02000005', 'ff000100') + bytes(8)]),
]

UNSUPPORTED_LINKS = [147, 7, 129, 230, 189]


def cut_head(link, head, n):
    """Is a header that leads to IP still well-formed, cut after n octets?"""
    if link != 239:
        return False
    at = 4                  # NFLOG may end behind any attribute
    while at < n:
        at += (head[at] | head[at + 1] << 8) + 3 & ~3
    return at == n
