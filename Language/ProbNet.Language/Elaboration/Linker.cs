using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>Finds the modules that a program refers to, and those that they refer to: by <c>open</c>, and by qualified names.</summary>
internal sealed class Linker(ModuleLoader loader)
{
    private readonly Dictionary<string, ImportedModule?> _modules = [];
    private readonly List<(string Module, SourceSpan Reference)> _chain = [];
    private readonly List<ImportedModule> _order = [];
    private readonly List<Diagnostic> _diagnostics = [];

    /// <summary>What a program refers to, with what is wrong with it.</summary>
    public static (Imports Imports, EqArray<Diagnostic> Diagnostics) Link(ParseResult program, ModuleLoader loader)
    {
        var linker = new Linker(loader);
        if (program.Program.Module is { } self) linker._chain.Add((self, default));
        var complete = linker.Follow(program.Program, program.Program.Module);
        return (new Imports(linker._order.ToEqArray(), program.BrokenNames, !complete, []), linker._diagnostics.ToEqArray());
    }

    // False if a module that is opened could not be had, so that names may be missing.
    private bool Follow(Program program, string? self)
    {
        var complete = true;
        foreach (var open in program.Declarations.OfType<Declaration.Open>()) complete &= Import(open.Module, open.NameSpan.Source is null ? open.Span : open.NameSpan, opened: true);
        foreach (var (module, span) in program.Declarations.SelectMany(Mentions.Modules).DistinctBy(m => m.Module))
        {
            if (module != self) complete &= Import(module, span, opened: false);
        }
        return complete;
    }

    private bool Import(string name, SourceSpan reference, bool opened)
    {
        if (_chain.FindIndex(c => c.Module == name) is >= 0 and var at) return Cycle(at, name, reference);
        if (_modules.TryGetValue(name, out var known)) return known is not null || !opened || Unknown(name, reference);
        var sources = loader.Find(name);
        if (sources.IsEmpty && (!opened || Modules.Library.Any(p => p.Module == name))) return true;
        _modules[name] = null;
        if (sources.IsEmpty) return Unknown(name, reference);
        if (sources.Count > 1)
        {
            _diagnostics.Add(new Diagnostic(CheckerCodes.DuplicateModule, $"the module '{name}' is in several files: {string.Join(" and ", sources.Map(s => s.Name))}", reference)
            {
                Hint = "a module is one file: give one of them another name in its first line",
            });
            return false;
        }
        var parsed = Parser.Parse(sources[0]);
        _diagnostics.AddRange(parsed.Diagnostics);
        _chain.Add((name, reference));
        var complete = Follow(parsed.Program, name);
        _chain.RemoveAt(_chain.Count - 1);
        var module = new ImportedModule(name, sources[0], parsed.Program, parsed.BrokenNames, !complete);
        _modules[name] = module;
        _order.Add(module);
        return true;
    }

    private bool Unknown(string name, SourceSpan reference)
    {
        var library = Modules.Library.Select(p => p.Module!).ToList();
        var nearest = Suggest.Nearest(name, library.Concat(loader.Names()));
        _diagnostics.Add(new Diagnostic(CheckerCodes.UnknownModule, $"there is no module '{name}'", reference)
        {
            Hint = nearest is null ? $"a module is a file beside this one whose first line is 'module {name}'; the library has: {string.Join(", ", library)}" : $"did you mean '{nearest}'?",
        });
        return false;
    }

    private bool Cycle(int at, string name, SourceSpan reference)
    {
        var circle = _chain[at..].Select(c => c.Module).Append(name);
        _diagnostics.Add(new Diagnostic(CheckerCodes.ModuleCycle, _chain.Count - 1 == at ? $"the module '{name}' opens itself" : $"the modules open each other: {string.Join(" → ", circle)}", reference)
        {
            Notes = _chain[(at + 1)..].Select(c => new DiagnosticNote($"'{c.Module}' is opened here", c.Reference)).ToEqArray(),
            Hint = _chain.Count - 1 == at ? "its own names need no 'open'" : "move what both need into a module that opens neither",
        });
        return false;
    }
}
