namespace ProbNet.Backends.Cpu;

// Functions of truth values, stored as bytes of 0 or 1.

internal readonly struct NotTruth : IElementUnary<byte, byte>
{
    public static byte Apply(byte x, nint parameter) => (byte)(x ^ 1);
}

internal readonly struct AndTruth : IElementBinary<byte, byte>
{
    public static byte Apply(byte x, byte y) => (byte)(x & y);
}

internal readonly struct OrTruth : IElementBinary<byte, byte>
{
    public static byte Apply(byte x, byte y) => (byte)(x | y);
}

internal readonly struct EqualTruth : IElementBinary<byte, byte>
{
    public static byte Apply(byte x, byte y) => (byte)(x ^ y ^ 1);
}
