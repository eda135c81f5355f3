#define PN_ISA tiles_avx2
#define PN_ISA_NAME "avx2"
#include "tiles.inl"
