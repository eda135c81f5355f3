#define PN_ISA tiles_avx512
#define PN_ISA_NAME "avx512"
#include "tiles.inl"
