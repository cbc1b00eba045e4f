import AsyncHTTPClient
import NIOSSL
import Yams
