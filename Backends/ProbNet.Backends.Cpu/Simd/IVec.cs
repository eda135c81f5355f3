namespace ProbNet.Backends.Cpu;

/// <summary>
/// A vector register of <typeparamref name="T"/>. Kernels are written once against this interface and instantiated for 512- and 256-bit
/// registers; the wrapping structs cost nothing after compilation. Comparisons give masks: vectors whose lanes are all ones or all zeros.
/// </summary>
internal interface IVec<TSelf, T> where TSelf : struct, IVec<TSelf, T> where T : unmanaged
{
    /// <summary>Lanes.</summary>
    static abstract int Count { get; }

    static abstract unsafe TSelf Load(T* p);

    unsafe void Store(T* p);

    /// <summary>Stores the first <paramref name="n"/> lanes, 0 &lt; n &lt; Count.</summary>
    unsafe void StorePart(T* p, int n);

    static abstract TSelf Set(T x);

    /// <summary>The double rounded to T in every lane.</summary>
    static abstract TSelf Const(double x);

    /// <summary>0, 1, 2, … by lane.</summary>
    static abstract TSelf Ramp { get; }

    static abstract TSelf operator +(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a, TSelf b);
    static abstract TSelf operator *(TSelf a, TSelf b);
    static abstract TSelf operator /(TSelf a, TSelf b);
    static abstract TSelf operator &(TSelf a, TSelf b);
    static abstract TSelf operator |(TSelf a, TSelf b);
    static abstract TSelf operator ^(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a);

    /// <summary>a b + c, rounded once.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    /// <summary>The machine's minimum: the second operand where either is NaN.</summary>
    static abstract TSelf MinNative(TSelf a, TSelf b);

    /// <summary>The machine's maximum: the second operand where either is NaN.</summary>
    static abstract TSelf MaxNative(TSelf a, TSelf b);

    /// <summary>IEEE 754-2019 minimum: NaN if either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>IEEE 754-2019 maximum: NaN if either is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf Abs(TSelf a);
    static abstract TSelf Sqrt(TSelf a);
    static abstract TSelf Floor(TSelf a);

    /// <summary>Nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    static abstract TSelf Less(TSelf a, TSelf b);
    static abstract TSelf LessEqual(TSelf a, TSelf b);
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>a where the mask holds, else b.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>Whether any lane of a mask holds.</summary>
    static abstract bool Any(TSelf mask);

    /// <summary>Whether every lane of a mask holds.</summary>
    static abstract bool All(TSelf mask);

    /// <summary>a 2^n, rounded once, for integral n; the result may be subnormal, and it may overflow.</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);

    /// <summary>2^n for integral n in the range of normal numbers.</summary>
    static abstract TSelf Pow2(TSelf n);

    /// <summary>
    /// Splits a positive normal x into 2^e m with m in [sqrt(1/2), sqrt(2)); e is returned as a floating value.
    /// </summary>
    static abstract TSelf Split(TSelf x, out TSelf mantissa);

    /// <summary>The integral lanes of n, as integers, shifted left so that bit 0 becomes the sign bit: a sign flip where n is odd.</summary>
    static abstract TSelf OddSign(TSelf n);

    /// <summary>Truth values (one byte each, 0 or not) to a mask.</summary>
    static abstract unsafe TSelf LoadMask(byte* p);

    /// <summary>A mask to truth values, one byte (0 or 1) a lane; writes Count bytes.</summary>
    static abstract unsafe void StoreMask(TSelf mask, byte* p);

    /// <summary>The first <paramref name="n"/> lanes of a, the others of b.</summary>
    static abstract TSelf First(TSelf a, TSelf b, int n);

    /// <summary>The sum of the lanes, in a fixed order.</summary>
    static abstract T Sum(TSelf a);

    /// <summary>The largest lane; NaN if any is.</summary>
    static abstract T MaxLane(TSelf a);

    /// <summary>The sum of n elements, accumulated in double in a fixed order. Up to a vector past the end is read.</summary>
    static abstract unsafe double SumWide(T* a, nint n);

    /// <summary>The inner product of n elements, accumulated in double in a fixed order. Up to a vector past the end is read.</summary>
    static abstract unsafe double DotWide(T* a, T* b, nint n);

    /// <summary>Adds the Count elements at a, and those at a + step, … (rows of them) to the doubles at the same positions.</summary>
    static abstract unsafe void AddDown(double* sums, T* a, nint rows, nint step);

    /// <summary>The sum of the logarithms of n elements: of their exponents, and the logarithm of the product of their significands, in double.</summary>
    static abstract unsafe double SumLogWide(T* a, nint n);

    /// <summary>Writes 128 signs: element k is 1 where bit k is set, else -1.</summary>
    static abstract unsafe void StoreSigns(uint* bits, T* p);

    static abstract TSelf Exp(TSelf x);
    static abstract TSelf Expm1(TSelf x);
    static abstract TSelf Log(TSelf x);
    static abstract TSelf Log1p(TSelf x);
    static abstract TSelf Tanh(TSelf x);
    static abstract TSelf Sigmoid(TSelf x);
    static abstract TSelf Softplus(TSelf x);
    static abstract TSelf Sin(TSelf x);
    static abstract TSelf Cos(TSelf x);
    static abstract TSelf Erf(TSelf x);
}
