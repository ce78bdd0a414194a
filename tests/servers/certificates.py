"""Certificates for the tests' servers, made by openssl: an authority of their own that signs what it is told to.

    ca = certificates.Authority(scratch)
    good = ca.issue("mx1.example.test", "IP:127.0.0.1")     # (certificate, key): paths of PEM files
    old = ca.issue("mx1.example.test", days=-1)
    own = ca.issue("mx1.example.test", self_signed=True)
    ... --ca ca.file ...
"""
import os
import shutil
import subprocess
import time

present = shutil.which("openssl") is not None


def _openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments}: {done.stderr}")


def _time(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))


class Authority:
    """`file` is what --ca wants."""

    def __init__(self, scratch, name="Test Authority"):
        self.dir = os.path.join(scratch.dir, "ca-" + name.lower().replace(" ", "-"))
        os.makedirs(os.path.join(self.dir, "issued"), exist_ok=True)
        self.file, self.key = self._path("ca.pem"), self._path("ca.key")
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                 "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.file)
        for file in ("index.txt", "index.txt.attr"):
            open(self._path(file), "w", encoding="ascii").close()
        self.n = 0

    def _path(self, name):
        return os.path.join(self.dir, name)

    def issue(self, *names, days=30, self_signed=False, key="ec"):
        """A certificate for names ("*.example.test", "IP:127.0.0.1"), that ends in so many days: with fewer than none it
        has ended.  (path of the certificate with its authority's behind it, path of the key.)"""
        self.n += 1
        base = self._path(f"issued/{self.n}")
        alternatives = ",".join(n if ":" in n else "DNS:" + n for n in names)
        made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["-newkey", key]
        subject = ["-subj", f"/CN={names[0].split(':')[-1]}", "-addext", f"subjectAltName={alternatives}"]
        _openssl("req", *made, "-nodes", *subject, "-keyout", base + ".key", "-out", base + ".csr")
        config = self._path(f"issued/{self.n}.cnf")
        with open(config, "w", encoding="ascii") as f:
            f.write(f"[ca]\ndefault_ca=c\n[c]\ndatabase={self._path('index.txt')}\nnew_certs_dir={self._path('issued')}\n"
                    f"rand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n"
                    f"[e]\nsubjectAltName={alternatives}\nbasicConstraints=CA:false\n")
        signer = ["-selfsign", "-keyfile", base + ".key"] if self_signed else ["-cert", self.file, "-keyfile", self.key]
        _openssl("ca", "-batch", "-notext", "-config", config, *signer, "-extensions", "e", "-startdate",
                 _time(min(days, 0) - 30), "-enddate", _time(days), "-in", base + ".csr", "-out", base + ".pem")
        if not self_signed:
            with open(self.file, encoding="ascii") as f, open(base + ".pem", "a", encoding="ascii") as out:
                out.write(f.read())
        return base + ".pem", base + ".key"
