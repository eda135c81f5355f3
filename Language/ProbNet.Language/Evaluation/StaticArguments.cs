using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Arguments of models that have a default: they are known before running, and a setting from outside replaces the default.</summary>
internal static class StaticArguments
{
    /// <summary>The scope with the argument's value.</summary>
    public static Scope Bind(Evaluator evaluator, Syntax.Parameter parameter, string name, IReadOnlyDictionary<string, Expr> settings, Scope scope)
    {
        evaluator.Trace.Claim(name, parameter.Pattern.Span);
        var set = settings.TryGetValue(name, out var setting);
        var written = setting ?? parameter.Default!;
        var given = evaluator.Evaluate(written, scope);
        var value = given.IsUnknown ? given : Checked(evaluator, parameter, name, given, written.Span, set, scope);
        if (!value.IsUnknown) evaluator.Trace.Statics.Add(new StaticArgument(name, AstPrinter.Print(parameter.Type!), AstPrinter.Print(written), set, parameter.Pattern.Span));
        return scope.With(name, value);
    }

    private static Value Checked(Evaluator evaluator, Syntax.Parameter parameter, string name, Value given, SourceSpan span, bool set, Scope scope)
    {
        var report = evaluator.Trace.Report;
        switch (parameter.Type)
        {
            case TypeExpr.Tensor { Element: "int", Bound: null, Dims.IsEmpty: true } when given is Value.Static: return given;
            case TypeExpr.Tensor { Element: "bool", Dims.IsEmpty: true } when given is Value.Truth: return given;
            case TypeExpr.Tensor { Element: "real", Dims.IsEmpty: true } when given is Value.Static { Rounded: false, Number.Constant: not null } or Value.TensorOf { Literal: not null }:
                return (Value?)Coerce.Real(evaluator, given, span) ?? Value.Unknown.It;
            case TypeExpr.Text when given is Value.Text: return given;
            case TypeExpr.List list when given is Value.List: return Annotations.Check(evaluator, list, given, span, scope).Value;
            case TypeExpr.Tensor { Dims.IsEmpty: false } or TypeExpr.Tensor { Bound: not null }:
                return report.Fail(CheckerCodes.StaticArgument, parameter.Type.Span, $"the argument '{name}' has a default, so it is static, but {AstPrinter.Print(parameter.Type)} is given by data",
                    "leave out the default, or use one of: int, real, bool, string, list");
        }
        return report.Fail(CheckerCodes.StaticArgument, span, $"the argument '{name}' is declared as {Words(parameter.Type!)} known before running, but {(set ? "it is set to" : "its default is")} {Described(given)}",
            Example(name, parameter.Type!), new DiagnosticNote("declared here", parameter.Type!.Span));
    }

    private static string Described(Value value) => value is Value.TensorOf { Literal: { } number } ? $"the number {AstPrinter.Real(number)}" : value.Describe();

    private static string Words(TypeExpr type) => type switch
    {
        TypeExpr.Tensor { Element: "int" } => "an integer",
        TypeExpr.Tensor { Element: "real" } => "a real number",
        TypeExpr.Tensor => "a truth value",
        TypeExpr.Text => "a string",
        _ => "a list",
    };

    private static string Example(string name, TypeExpr type) => "write it as e.g. " + name + " = " + type switch
    {
        TypeExpr.Tensor { Element: "int" } => "64",
        TypeExpr.Tensor { Element: "real" } => "0.5",
        TypeExpr.Tensor => "true",
        TypeExpr.Text => "\"relu\"",
        _ => "[50; 50]",
    };
}
