"""SM2 with SM3 (GB/T 32918) and just enough DER to write what others write, on purpose not by code of this project."""
import hashlib
import subprocess

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)


def add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P == 0:
        return None
    if p == q:
        slope = (3 * p[0] * p[0] + A) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def times(k, p):
    out = None
    while k:
        if k & 1:
            out = add(out, p)
        p = add(p, p)
        k >>= 1
    return out


def sm3(data):
    return hashlib.new('sm3', data).digest()


def octets(n):
    return n.to_bytes(32, 'big')


class Key:
    def __init__(self, pem):
        text = subprocess.run(['openssl', 'pkey', '-in', pem, '-text', '-noout'], check=True, capture_output=True,
                              text=True).stdout
        self.d = int(''.join(text.split('priv:')[1].split('pub:')[0].split()).replace(':', ''), 16)
        self.point = times(self.d, G)

    def sign(self, message, user=b'1234567812345678'):
        """r and s; k follows from key and message, so that the same file is made again."""
        z = sm3((8 * len(user)).to_bytes(2, 'big') + user + b''.join(
            map(octets, (A, B, *G, *self.point))))
        e = int.from_bytes(sm3(z + message), 'big')
        k = int.from_bytes(hashlib.sha512(octets(self.d) + octets(e)).digest(), 'big') % (N - 1) + 1
        r = (e + times(k, G)[0]) % N
        return r, pow(1 + self.d, -1, N) * (k - r * self.d) % N


def tlv(tag, *content):
    body = b''.join(content)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 128 + width]) + size.to_bytes(width, 'big') + body


def seq(*parts):
    return tlv(0x30, *parts)


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, 'big'))


def bits(data):
    return tlv(3, b'\0', data)


def oid(text):
    arcs = list(map(int, text.split('.')))
    out = b''
    for arc in [40 * arcs[0] + arcs[1]] + arcs[2:]:
        part = [arc & 127]
        while arc > 127:
            arc >>= 7
            part.append(arc & 127 | 128)
        out += bytes(reversed(part))
    return tlv(6, out)


def rs(r, s):
    return seq(integer(r), integer(s))


def head(data, at=0):
    """Tag, where the content begins, and where it ends."""
    size, begin = data[at + 1], at + 2
    if size > 127:
        begin += size - 128
        size = int.from_bytes(data[at + 2:begin], 'big')
    return data[at], begin, begin + size


def parts(data):
    """The elements inside of one, each whole."""
    _, at, end = head(data)
    out = []
    while at < end:
        stop = head(data, at)[2]
        out.append(data[at:stop])
        at = stop
    return out
