"""How faithful the trees of CNN-INTE are, beside plain trees and the exact tree of regions."""
