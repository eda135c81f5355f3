using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;

namespace ProbNet.Inference.Workflow;

/// <summary>
/// All that programs choose by name beside a model: algorithms, and every registry that an option of theirs takes its value from, and so on. Nothing is listed by hand, so what is registered
/// is found.
/// </summary>
public static class Catalogue
{
    /// <summary>The registries: algorithms first, what algorithms leave behind last.</summary>
    public static EqArray<IComponentRegistry> Registries
    {
        get
        {
            var found = new List<IComponentRegistry> { AlgorithmRegistry.Algorithms };
            for (var i = 0; i < found.Count; i++)
            {
                found.AddRange(found[i].Components.SelectMany(c => c.Options).Select(o => o.Choices).OfType<IComponentRegistry>().Distinct().Except(found).ToList());
            }
            return [.. found.Except([GuideRegistry.Results]), GuideRegistry.Results];
        }
    }

    /// <summary>The components of a name, whatever their kinds; several kinds may use one name.</summary>
    public static EqArray<(IComponentRegistry Registry, Component Component)> Find(string name) =>
        Registries.SelectMany(r => r.Components.Where(c => c.Name == name).Select(c => (r, c))).ToEqArray();

    /// <summary>A declaration that chooses a component, some of its options written out at their defaults; null for what no program chooses.</summary>
    public static string? Example(IComponentRegistry registry, Component component)
    {
        if (ReferenceEquals(registry, GuideRegistry.Results)) return null;
        var written = Written(component);
        if (ReferenceEquals(registry, GuideRegistry.Families)) return $"guide g = {written}{(component is GuideFamily { Beside: { } rest } ? $" on \"*.w\", {rest}" : "")}\ninfer i = vi g";
        // From the component up to an algorithm, each the value of an option of the next.
        var user = registry;
        while (!ReferenceEquals(user, AlgorithmRegistry.Algorithms))
        {
            var (by, host, option) = Users(user).First();
            (user, written) = (by, $"{host.Name} {{ {option.Name} = {written} }}");
        }
        return $"infer i = {written}";
    }

    private static IEnumerable<(IComponentRegistry Registry, Component Host, Option Option)> Users(IComponentRegistry used) =>
        from r in Registries from c in r.Components from o in c.Options where ReferenceEquals(o.Choices, used) && !ReferenceEquals(r, used) select (r, c, o);

    /// <summary>The default of an option as text, of a component that it names the name alone; null where it is not set.</summary>
    public static string? Default(Component component, Option option) => option.Get(component) switch
    {
        null => null,
        OptionValue.Call call when option.Choices is not null => call.Name,
        var value => value.ToString(),
    };

    private static string Written(Component component)
    {
        const int most = 3;
        var shown = component.Options.Where(o => Default(component, o) is not null).Take(most).Select(o => $"{o.Name} = {Default(component, o)}").ToList();
        return shown.Count == 0 ? component.Name : $"{component.Name} {{ {string.Join("; ", shown)} }}";
    }
}
