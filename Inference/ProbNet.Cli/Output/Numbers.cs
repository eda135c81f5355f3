using System.Globalization;

namespace ProbNet.Cli.Output;

/// <summary>Numbers, durations and sizes as people read them.</summary>
internal static class Numbers
{
    /// <summary>Four significant digits, without an exponent where that is short.</summary>
    public static string Short(double? value) => value switch
    {
        null => "",
        > -1e-12 and < 1e-12 => "0",
        { } x when !double.IsFinite(x) => x.ToString(CultureInfo.InvariantCulture),
        { } x when Math.Abs(x) is >= 1e-4 and < 1e7 => x.ToString(Pattern(Math.Abs(x)), CultureInfo.InvariantCulture),
        { } x => x.ToString("0.###e+0", CultureInfo.InvariantCulture),
    };

    /// <summary>Numbers to be read below or beside each other: all with the decimals that give the largest four significant digits.</summary>
    public static string[] Aligned(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var largest = all.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        if (largest is > 0 and < 1e-3 or >= 1e7) return Array.ConvertAll(all, v => Short(v));
        return Array.ConvertAll(all, v => double.IsFinite(v) ? v.ToString(Pattern(largest), CultureInfo.InvariantCulture) : Short(v));
    }

    /// <summary>With thousands separated.</summary>
    public static string Count(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A duration in milliseconds, in the unit that suits it.</summary>
    public static string Duration(double milliseconds) => milliseconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000:0} µs"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(milliseconds / 60_000)} min {milliseconds / 1000 % 60:0} s"),
    };

    /// <summary>A number of bytes in MiB.</summary>
    public static string Memory(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MiB");

    /// <summary>A number and what it counts: <c>1 row</c>, <c>2 rows</c>.</summary>
    public static string Of(int count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Pattern(double magnitude) => magnitude switch { >= 1000 => "0", >= 100 => "0.0", >= 10 => "0.00", > 1 => "0.000", _ => "0.0000" };
}
