# Two images from one build: the app as it runs in Azure (target app), and the local host, which migrates and plays the payment provider (target local).
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .

FROM build AS build-app
RUN dotnet publish Zoniq.Functions -c Release -p:FunctionsHost=Azure -o /out

FROM build AS build-local
RUN dotnet publish Zoniq.Functions -c Release -p:FunctionsHost=Local -o /out

FROM build AS build-signalr
RUN dotnet tool install Microsoft.Azure.SignalR.Emulator --version 1.6.1 --tool-path /tool

FROM mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated10.0 AS app
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
    AzureFunctionsJobHost__Logging__Console__IsEnabled=true
COPY --from=build-app /out /home/site/wwwroot

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS local
WORKDIR /app
COPY --from=build-local /out .
RUN mkdir /data && chown app /data
USER app
ENTRYPOINT ["dotnet", "Zoniq.Functions.dll", "--data", "/data"]

# The emulator is a .NET tool for an older runtime, which a newer one may stand in for.
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS signalr
WORKDIR /emulator
ENV DOTNET_ROLL_FORWARD=Major
COPY --from=build-signalr /tool /tool
RUN /tool/asrs-emulator upstream init
EXPOSE 8888
ENTRYPOINT ["/tool/asrs-emulator", "start", "--port", "8888", "--ip", "0.0.0.0"]
