using System.Reflection;
using ProbNet.Graph;

namespace ProbNet.Language.Evaluation;

/// <summary>The library modules written in the language itself, embedded in this assembly.</summary>
public static class Prelude
{
    private const string Prefix = "prelude/";

    /// <summary>The modules' sources, in name order.</summary>
    public static EqArray<SourceText> Sources => Lazy.Value;

    /// <summary>Whether a source is a prelude module.</summary>
    public static bool IsPrelude(SourceText source) => source.Name.StartsWith(Prefix, StringComparison.Ordinal);

    private static readonly Lazy<EqArray<SourceText>> Lazy = new(() =>
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return new SourceText(name, reader.ReadToEnd());
        }).ToEqArray();
    });
}
