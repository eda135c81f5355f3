using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;

namespace ProbNet.Language.Embedded;

/// <summary>
/// A model written in C#: its body is run once to check it for all sizes of its dimensions, and once for each elaboration with known sizes. The names of its
/// arguments are the names of the lambda's parameters. What is known before running, such as the width of a layer, is an ordinary parameter of a C# function that gives a model.
/// </summary>
public sealed class Model
{
    private readonly ModelEvaluation _evaluation;
    private readonly SourceSpan _place;
    private readonly EqArray<(HostBody Body, EqArray<ArgumentType?> Types)> _guides;

    private Model(HostBody body, EqArray<ArgumentType> arguments)
    {
        (Name, _place, _guides) = (body.Name, body.Place, []);
        var typed = Enumerable.Range(0, arguments.Count).Select(i => (Name: body.Names[i], arguments[i].Type)).ToEqArray();
        var dimensions = typed.Where(a => a.Type is null).Select(a => a.Name).ToEqArray();
        var parameters = typed.Where(a => a.Type is not null).Select(a => body.Parameter(a.Name, a.Type)).ToEqArray();
        _evaluation = new ModelEvaluation([], new Declaration.Model(Name, dimensions, parameters, body.Call) { NameSpan = _place, Span = _place }) { Host = body.Bind };
    }

    private Model(Model model, EqArray<(HostBody, EqArray<ArgumentType?>)> guides) => (Name, _evaluation, _place, _guides) = (model.Name, model._evaluation, model._place, guides);

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>A model without arguments.</summary>
    public static Model Define<T>(string name, Func<Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(HostBody.Of(name, body, file, line, _ => body()), []);

    /// <summary>A model with one argument.</summary>
    public static Model Define<T>(string name, ArgumentType first, Func<Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(HostBody.Of(name, body, file, line, x => body(x[0])), [first]);

    /// <summary>A model with two arguments.</summary>
    public static Model Define<T>(
        string name, ArgumentType first, ArgumentType second, Func<Tensor, Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(HostBody.Of(name, body, file, line, x => body(x[0], x[1])), [first, second]);

    /// <summary>A model with three arguments.</summary>
    public static Model Define<T>(
        string name, ArgumentType first, ArgumentType second, ArgumentType third, Func<Tensor, Tensor, Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(HostBody.Of(name, body, file, line, x => body(x[0], x[1], x[2])), [first, second, third]);

    /// <summary>A model with four arguments.</summary>
    public static Model Define<T>(
        string name, ArgumentType first, ArgumentType second, ArgumentType third, ArgumentType fourth, Func<Tensor, Tensor, Tensor, Tensor, Prob<T>> body,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(HostBody.Of(name, body, file, line, x => body(x[0], x[1], x[2], x[3])), [first, second, third, fourth]);

    /// <summary>The model with a guide program that sees nothing of the data, <c>guide name for model = …</c> in the text form: its range variables are latent sites of the model.</summary>
    public Model WithGuide<T>(string name, Func<Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        With(HostBody.Of(name, body, file, line, _ => body()));

    /// <summary>The model with a guide program that sees an argument or observed site, the one of the name of the lambda's parameter.</summary>
    public Model WithGuide<T>(string name, Func<Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        With(HostBody.Of(name, body, file, line, x => body(x[0])), (ArgumentType?)null);

    /// <summary>The model with a guide program that sees an argument or observed site as a given type: integers as <c>real</c> are taken as numbers.</summary>
    public Model WithGuide<T>(string name, ArgumentType first, Func<Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        With(HostBody.Of(name, body, file, line, x => body(x[0])), first);

    /// <summary>The model with a guide program that sees two arguments or observed sites.</summary>
    public Model WithGuide<T>(string name, Func<Tensor, Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        With(HostBody.Of(name, body, file, line, x => body(x[0], x[1])), null, null);

    /// <summary>The model with a guide program that sees two arguments or observed sites as given types.</summary>
    public Model WithGuide<T>(string name, ArgumentType first, ArgumentType second, Func<Tensor, Tensor, Prob<T>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        With(HostBody.Of(name, body, file, line, x => body(x[0], x[1])), first, second);

    /// <summary>The model with its guides, checked for all sizes of its dimensions, or the diagnostics, which name lines of C#.</summary>
    public (CheckedModel? Model, EqArray<Diagnostic> Diagnostics) Check()
    {
        var (model, diagnostics) = CheckedModel.Of(_evaluation, Name, "", _place);
        if (model is null) return (null, diagnostics);
        var faults = Bindable.Check(model).ToList();
        var guides = new List<CheckedGuide>();
        foreach (var (body, types) in _guides)
        {
            var parameters = Enumerable.Range(0, types.Count).Select(i => body.Parameter(body.Names[i], types[i]?.Type)).ToEqArray();
            var declaration = new Declaration.GuideProgram(body.Name, Name, parameters, body.Call) { NameSpan = body.Place, Span = body.Place };
            var (guide, found) = CheckedModel.Of(new GuideEvaluation([], declaration, model) { Host = body.Bind }, body.Name, "", body.Place);
            faults.AddRange(found);
            if (guide is not null) guides.Add(new CheckedGuide(body.Name, guide));
        }
        return faults.Count > 0 ? (null, faults.ToEqArray()) : (model with { Guides = guides.ToEqArray() }, []);
    }

    private Model With(HostBody body, params ArgumentType?[] types) => new(this, _guides.Add((body, types.ToEqArray())));
}
