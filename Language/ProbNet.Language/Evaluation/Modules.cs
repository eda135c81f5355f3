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

    /// <summary>The scope of builtins, the library and then the given definitions.</summary>
    public static Scope Define(Evaluator evaluator, EqArray<Declaration> definitions)
    {
        var scope = BuiltinTable.Scope(evaluator);
        foreach (var declaration in Library.SelectMany(p => p.Declarations).Concat(definitions))
        {
            if (declaration is Declaration.Let let) scope = evaluator.Bind(let.Binding, scope);
        }
        return scope;
    }

    /// <summary>Checks each definition by itself, its arguments unknown, so that mistakes in functions no model uses are told too.</summary>
    public static void CheckDefinitions(Evaluator evaluator, EqArray<Declaration> definitions)
    {
        var scope = BuiltinTable.Scope(evaluator);
        foreach (var declaration in Library.SelectMany(p => p.Declarations)) scope = declaration is Declaration.Let let ? evaluator.Bind(let.Binding, scope) : scope;
        foreach (var declaration in definitions)
        {
            if (declaration is not Declaration.Let { Binding: var binding }) continue;
            scope = evaluator.Bind(binding, scope);
            if (binding.Pattern is not Pattern.Variable { Name: var name } || !scope.Names.TryGetValue(name, out var value)) continue;
            if (value is Value.Function function && !binding.Parameters.IsEmpty)
                value = evaluator.Apply(value, function.Parameters.Map(_ => new Argument(Value.Unknown.It, binding.Span)), binding.Span, binding.Span);
            // The path is the function's own name, so that sites of different functions do not clash.
            if (value is Value.Random) ProbBlock.Draw(evaluator, value, name, binding.Span);
        }
    }
}
