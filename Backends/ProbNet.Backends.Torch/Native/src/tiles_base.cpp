#define PN_ISA tiles_base
#define PN_ISA_NAME "base"
#include "tiles.inl"
