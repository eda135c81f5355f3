using System.Globalization;
using System.Runtime.CompilerServices;

namespace ProbNet.Graph.Tests;

/// <summary>A reference table: rows of arguments and a value of more than twenty digits, made by <c>Reference/make_tables.py</c>.</summary>
internal static class Table
{
    public static IEnumerable<double[]> Read(string name, [CallerFilePath] string path = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(path)!, "..", "Reference", name + ".csv");
        return File.ReadLines(file).Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray());
    }
}
