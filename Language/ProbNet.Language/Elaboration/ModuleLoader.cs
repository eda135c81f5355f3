using ProbNet.Graph;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Elaboration;

/// <summary>Where the modules of other files come from. Reading files is the caller's: the language itself does no input or output.</summary>
/// <param name="find">The sources that are the module of a name: none, one, or several, which is reported.</param>
/// <param name="names">The modules there are, for suggestions.</param>
public sealed class ModuleLoader(Func<string, EqArray<SourceText>> find, Func<EqArray<string>> names)
{
    /// <summary>No modules but the library's.</summary>
    public static ModuleLoader None { get; } = new(_ => [], () => []);

    /// <summary>The sources that are the module of a name.</summary>
    public EqArray<SourceText> Find(string name) => find(name);

    /// <summary>The modules there are.</summary>
    public EqArray<string> Names() => names();

    /// <summary>Modules among given sources, by <see cref="NameOf"/>.</summary>
    public static ModuleLoader Of(EqArray<SourceText> sources)
    {
        var modules = new Lazy<ILookup<string, SourceText>>(() => sources.ToLookup(NameOf));
        return new(name => modules.Value[name].ToEqArray(), () => modules.Value.Select(m => m.Key).ToEqArray());
    }

    /// <summary>The module that a source says it is; without a header, the capitalised name of its file.</summary>
    public static string NameOf(SourceText source)
    {
        if (Parser.Parse(source).Program.Module is { } declared) return declared;
        var file = Path.GetFileNameWithoutExtension(source.Name);
        return file.Length == 0 ? file : char.ToUpperInvariant(file[0]) + file[1..];
    }
}

/// <summary>What a check can be given beside the program.</summary>
public sealed record CheckOptions
{
    /// <summary>No other files and no settings.</summary>
    public static CheckOptions Default { get; } = new();

    /// <summary>Where modules of other files come from.</summary>
    public ModuleLoader Loader { get; init; } = ModuleLoader.None;

    /// <summary>Values of static arguments by name, for the models that have one of the name; they replace the defaults.</summary>
    public IReadOnlyDictionary<string, Expr> Settings { get; init; } = System.Collections.Immutable.ImmutableDictionary<string, Expr>.Empty;
}
