using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Language;

namespace ProbNet.Inference.Options;

/// <summary>The components of one kind, whatever the kind: what lists of them and help are made from.</summary>
public interface IComponentRegistry
{
    /// <summary>The kind's name: "guide family", "optimiser".</summary>
    string Kind { get; }

    /// <summary>One component of each name, with default options.</summary>
    EqArray<Component> Components { get; }
}

/// <summary>The components of one kind by name. Adding one is its file and one line where the registry is made.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="kind">The kind's name for messages: "guide family", "optimiser".</param>
/// <param name="prototypes">One component of each name, holding the defaults.</param>
public sealed class ComponentRegistry<T>(string kind, params EqArray<T> prototypes) : IComponentRegistry where T : Component
{
    /// <inheritdoc/>
    public string Kind => kind;

    /// <inheritdoc/>
    public EqArray<Component> Components => All.Map(p => (Component)p);

    /// <summary>One component of each name, with default options.</summary>
    public EqArray<T> All { get; } = prototypes;

    /// <summary>What a value of this kind looks like, for messages.</summary>
    public string Expects => $"one of {string.Join(", ", All.Map(p => p.Name))}";

    /// <summary>The component called <paramref name="name"/> with default options, or null.</summary>
    public T? Find(string name) => All.FirstOrDefault(p => p.Name == name);

    /// <summary>The component that <paramref name="value"/> names, with its options; the nearest names are suggested for unknown ones.</summary>
    public Checked<T> Bind(OptionValue value)
    {
        // A guide may have the name of a component of another kind, which is meant where that kind is asked for.
        if (value.Declared is { } name && Find(name) is not null) value = new OptionValue.Call(name) { Span = value.Span };
        if (value is not OptionValue.Call call)
            return new(null, [new(InferenceCodes.WrongType, $"expected {kind}, {Expects}, not {value.Describe()}", value.Span)]);
        if (Find(call.Name) is not { } prototype)
            return new(null, [new(InferenceCodes.UnknownName, $"there is no {kind} '{call.Name}'", call.Span) { Hint = Nearest.Hint(call.Name, All.Map(p => p.Name)) }]);
        return Bind(prototype, call);
    }

    private static Checked<T> Bind(T prototype, OptionValue.Call call)
    {
        var (component, found, seen) = ((Component)prototype, new List<Diagnostic>(), new HashSet<string>());
        var options = prototype.Options;
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (i < options.Count) Take(options[i], call.Arguments[i], call.Arguments[i].Span);
            else found.Add(new(InferenceCodes.TooManyArguments, $"'{prototype.Name}' takes at most {options.Count} arguments", call.Arguments[i].Span));
        }
        foreach (var named in call.Options)
        {
            if (options.FirstOrDefault(o => o.Name == named.Name) is { } option) Take(option, named.Value, named.NameSpan);
            else
            {
                var hint = options.IsEmpty ? $"'{prototype.Name}' has no options" : Nearest.Hint(named.Name, options.Map(o => o.Name));
                found.Add(new(InferenceCodes.UnknownOption, $"'{prototype.Name}' has no option '{named.Name}'", named.NameSpan) { Hint = hint });
            }
        }
        return new(found.Exists(d => d.Code.Severity == Severity.Error) ? null : (T)component, found.ToEqArray());

        void Take(Option option, OptionValue value, SourceSpan span)
        {
            if (!seen.Add(option.Name)) found.Add(new(InferenceCodes.GivenTwice, $"option '{option.Name}' of '{prototype.Name}' is given twice", span));
            var set = option.Set(component, value);
            component = set.Value ?? component;
            found.AddRange(set.Diagnostics);
        }
    }
}
