using System.Globalization;

namespace ProbNet.Cli;

/// <summary>Sizes of memory as people write them.</summary>
internal static class Sizes
{
    private static readonly (string Unit, double Bytes)[] Units =
        [("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1)];

    /// <summary>The bytes of <c>8GiB</c>, <c>1.5 GB</c> or <c>1000000</c>; null for anything else, and for nothing at all.</summary>
    public static long? Parse(string text)
    {
        var upper = text.Trim().ToUpperInvariant();
        var (unit, bytes) = Units.FirstOrDefault(u => upper.EndsWith(u.Unit, StringComparison.Ordinal), ("", 1));
        var number = upper[..^unit.Length].TrimEnd();
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * bytes is >= 1 and < long.MaxValue ? (long)(value * bytes) : null;
    }
}
