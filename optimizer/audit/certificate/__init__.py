"""The certificate of a bound: the duals that a run keeps, and a checker of its own for them."""

from optimizer.audit.certificate.check import CertificateCheck, check_certificate
from optimizer.audit.certificate.duals import Duals

__all__ = ["CertificateCheck", "Duals", "check_certificate"]
