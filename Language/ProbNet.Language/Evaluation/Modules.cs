using ProbNet.Graph;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Definitions at the top level of modules.</summary>
internal static class Modules
{
    private static readonly Lazy<EqArray<Program>> ParsedPrelude = new(() => Prelude.Sources.Map(source =>
    {
        var result = Parser.Parse(source);
        return result.Diagnostics.IsEmpty ? result.Program : throw new InvalidOperationException($"the library module {source.Name} is broken: {result.Diagnostics[0].Message} at {result.Diagnostics[0].Span}");
    }));

    /// <summary>The library's modules.</summary>
    public static EqArray<Program> Library => ParsedPrelude.Value;

    /// <summary>The scope of builtins, the library and then the given definitions and what they open.</summary>
    public static Scope Define(Evaluator evaluator, EqArray<Declaration> definitions, Imports? imports = null) => Build(evaluator, definitions, imports ?? Imports.None, check: false);

    /// <summary>Checks each definition by itself, its arguments unknown, so that mistakes in functions no model uses are told too.</summary>
    public static void CheckDefinitions(Evaluator evaluator, EqArray<Declaration> definitions, Imports? imports = null) => Build(evaluator, definitions, imports ?? Imports.None, check: true);

    private static Scope Build(Evaluator evaluator, EqArray<Declaration> definitions, Imports imports, bool check)
    {
        // Functions belong to no evaluation, so that a library of functions alone is made once.
        var (scope, library, isShared) = SharedLibrary.Value;
        if (!isShared) (scope, library, _) = LibraryFor(evaluator);
        var exports = new Dictionary<string, List<KeyValuePair<string, Value>>>(library);
        foreach (var module in imports.Modules)
        {
            var own = new List<KeyValuePair<string, Value>>();
            var inner = scope.WithAll(module.Broken.Select(Unknown)) with { IsIncomplete = module.IsIncomplete };
            Run(evaluator, module.Syntax.Declarations, inner, exports, own, module.Name + ".", check);
            own.AddRange(module.Broken.Select(Unknown).Where(b => own.TrueForAll(o => o.Key != b.Key)));
            exports[module.Name] = own;
            scope = scope.WithAll(Qualified(module.Name, own));
        }
        scope = scope.WithAll(imports.Broken.Select(Unknown)) with { IsIncomplete = imports.IsIncomplete, Hidden = imports.Hidden };
        return Run(evaluator, definitions, scope, exports, [], "", check);
    }

    private static readonly Lazy<(Scope Scope, Dictionary<string, List<KeyValuePair<string, Value>>> Exports, bool IsShared)> SharedLibrary =
        new(() => LibraryFor(new Evaluator(new Trace(null, DType.F64))));

    private static (Scope, Dictionary<string, List<KeyValuePair<string, Value>>>, bool) LibraryFor(Evaluator evaluator)
    {
        var exports = new Dictionary<string, List<KeyValuePair<string, Value>>>();
        var scope = BuiltinTable.Scope;
        foreach (var module in Library)
        {
            scope = Run(evaluator, module.Declarations, scope, exports, exports[module.Module!] = [], "", check: false);
            scope = scope.WithAll(Qualified(module.Module!, exports[module.Module!]));
        }
        return (scope, exports, exports.Values.All(names => names.TrueForAll(n => n.Value is Value.Function { Given.IsEmpty: true } or Value.Text or Value.Truth)));
    }

    // The definitions in order; an opened module's names hide those above it, as a definition's do.
    private static Scope Run(
        Evaluator evaluator, EqArray<Declaration> declarations, Scope scope, Dictionary<string, List<KeyValuePair<string, Value>>> exports, List<KeyValuePair<string, Value>> own, string path, bool check)
    {
        foreach (var declaration in declarations)
        {
            if (declaration is Declaration.Open { Module: var opened } && exports.TryGetValue(opened, out var names)) scope = scope.WithAll(names);
            if (declaration is not Declaration.Let { Binding: var binding }) continue;
            scope = evaluator.Bind(binding, scope);
            foreach (var name in binding.Pattern.Names()) own.Add(new(name, scope.Names.GetValueOrDefault(name, Value.Unknown.It)));
            if (check) Check(evaluator, binding, scope, path);
        }
        return scope;
    }

    private static void Check(Evaluator evaluator, LetBinding binding, Scope scope, string path)
    {
        if (binding.Pattern is not Pattern.Variable { Name: var name } || !scope.Names.TryGetValue(name, out var value)) return;
        if (value is Value.Function function && !binding.Parameters.IsEmpty)
            value = evaluator.Apply(value, function.Parameters.Map(_ => new Argument(Value.Unknown.It, binding.Span)), binding.Span, binding.Span);
        // The path is the function's own name, so that sites of different functions do not clash.
        if (value is Value.Random) ProbBlock.Draw(evaluator, value, path + name, binding.Span);
    }

    private static KeyValuePair<string, Value> Unknown(string name) => new(name, Value.Unknown.It);

    private static IEnumerable<KeyValuePair<string, Value>> Qualified(string module, IEnumerable<KeyValuePair<string, Value>> names) => names.Select(n => new KeyValuePair<string, Value>($"{module}.{n.Key}", n.Value));
}
