namespace ProbNet.Backends.Cpu;

// Functions of 64-bit integers; overflow wraps.

internal readonly struct NegInteger : IElementUnary<long, long>
{
    public static long Apply(long x, nint parameter) => unchecked(-x);
}

internal readonly struct AbsInteger : IElementUnary<long, long>
{
    public static long Apply(long x, nint parameter) => x == long.MinValue ? x : Math.Abs(x);
}

internal readonly struct SignInteger : IElementUnary<long, long>
{
    public static long Apply(long x, nint parameter) => Math.Sign(x);
}

internal readonly struct AddInteger : IElementBinary<long, long>
{
    public static long Apply(long x, long y) => unchecked(x + y);
}

internal readonly struct SubInteger : IElementBinary<long, long>
{
    public static long Apply(long x, long y) => unchecked(x - y);
}

internal readonly struct MulInteger : IElementBinary<long, long>
{
    public static long Apply(long x, long y) => unchecked(x * y);
}

internal readonly struct MaxInteger : IElementBinary<long, long>
{
    public static long Apply(long x, long y) => Math.Max(x, y);
}

internal readonly struct MinInteger : IElementBinary<long, long>
{
    public static long Apply(long x, long y) => Math.Min(x, y);
}

internal readonly struct EqualInteger : IElementBinary<long, byte>
{
    public static byte Apply(long x, long y) => x == y ? (byte)1 : (byte)0;
}

internal readonly struct LessInteger : IElementBinary<long, byte>
{
    public static byte Apply(long x, long y) => x < y ? (byte)1 : (byte)0;
}

internal readonly struct LessEqualInteger : IElementBinary<long, byte>
{
    public static byte Apply(long x, long y) => x <= y ? (byte)1 : (byte)0;
}
