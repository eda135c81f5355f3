namespace ProbNet.Backends.Cpu;

// Conversions between element types. Floating point to integer truncates toward zero and saturates, NaN becoming 0; to a truth value, x is not 0.

internal readonly struct SingleToDouble : IElementUnary<float, double>
{
    public static double Apply(float x, nint parameter) => x;
}

internal readonly struct DoubleToSingle : IElementUnary<double, float>
{
    public static float Apply(double x, nint parameter) => (float)x;
}

internal readonly struct ToInteger : IElementUnary<float, long>, IElementUnary<double, long>, IElementUnary<byte, long>
{
    public static long Apply(float x, nint parameter) => (long)x;

    public static long Apply(double x, nint parameter) => (long)x;

    public static long Apply(byte x, nint parameter) => x;
}

internal readonly struct FromInteger : IElementUnary<long, float>, IElementUnary<long, double>
{
    static float IElementUnary<long, float>.Apply(long x, nint parameter) => x;

    static double IElementUnary<long, double>.Apply(long x, nint parameter) => x;
}

internal readonly struct ToTruth : IElementUnary<float, byte>, IElementUnary<double, byte>, IElementUnary<long, byte>
{
    public static byte Apply(float x, nint parameter) => x != 0 ? (byte)1 : (byte)0;

    public static byte Apply(double x, nint parameter) => x != 0 ? (byte)1 : (byte)0;

    public static byte Apply(long x, nint parameter) => x != 0 ? (byte)1 : (byte)0;
}
